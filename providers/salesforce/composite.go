package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// What one composite call takes (REST API Developer Guide, "Composite"): 25 subrequests, of which 5 may be queries or
// collections. It counts as one call.
const (
	maxSubs    = 25
	maxQueries = 5
)

// sub is one subrequest. Body is JSON; Header goes with the subrequest.
type sub struct {
	Method string
	Path   string
	Ref    string
	Body   []byte
	Header string // a JSON object, or ""
}

// part is the answer to one subrequest.
type part struct {
	Ref    string         `json:"referenceId"`
	Status int            `json:"httpStatusCode"`
	Body   jsontext.Value `json:"body"`

	at time.Time
}

// fault is the part's error, nil where it has status 2xx.
func (p *part) fault() *rest.Fault {
	if p.Status >= 200 && p.Status <= 299 {
		return nil
	}
	return rest.FaultOf(p.Status, http.Header{}, p.Body, p.at)
}

// decode reads the part's body, or gives its error.
func (p *part) decode(v any) error {
	if f := p.fault(); f != nil {
		return f
	}
	if err := json.Unmarshal(p.Body, v, looseJSON); err != nil {
		return &rest.Fault{Code: rest.HalfAnswer, Message: "a part of the answer is incomplete", Rule: rest.Classify(rest.HalfAnswer, "", rest.AtRequest), Err: err}
	}
	return nil
}

// errParts says that an answer has not one part for each subrequest, so that none can be trusted.
var errParts = errors.New("it has not one part for every part of the request")

// composite reads with subrequests as one call, and gives their answers in the same order.
func composite(ctx context.Context, c *rest.Client, kind rest.Kind, subs []sub) ([]part, *rest.Reply, error) {
	return call(ctx, c, subs, rest.Request{Kind: kind})
}

// call sends subrequests as one call, of which r says what is special.
func call(ctx context.Context, c *rest.Client, subs []sub, r rest.Request) ([]part, *rest.Reply, error) {
	var parts []part
	reply, err := c.Do(ctx, rest.Request{
		Method: http.MethodPost, Path: c.Path("/composite"), Header: r.Header, Body: compositeBody(subs), Kind: r.Kind, Once: r.Once,
		Decode: func(r *rest.Reply) (err error) {
			parts, err = split(r, subs)
			return err
		},
	})
	return parts, reply, err
}

// compositeBody writes the call: subrequests are independent, and run in order.
func compositeBody(subs []sub) []byte {
	size := 96
	for _, s := range subs {
		size += len(s.Body) + len(s.Path) + 160
	}
	b := make([]byte, 0, size)
	b = append(b, `{"allOrNone":false,"collateSubrequests":false,"compositeRequest":[`...)
	for i, s := range subs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"method":"`...)
		b = append(b, s.Method...)
		b = append(b, `","referenceId":"`...)
		b = append(b, s.Ref...)
		b = append(b, `","url":`...)
		b, _ = jsontext.AppendQuote(b, s.Path) // escaped: always valid
		if s.Header != "" {
			b = append(b, `,"httpHeaders":`...)
			b = append(b, s.Header...)
		}
		if s.Body != nil {
			b = append(b, `,"body":`...)
			b = append(b, s.Body...)
		}
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// split puts the parts of an answer into the order of the request. The bodies point into the reply.
func split(r *rest.Reply, subs []sub) ([]part, error) {
	var answer struct {
		Parts []part `json:"compositeResponse"`
	}
	if err := json.Unmarshal(r.Body, &answer, looseJSON); err != nil {
		return nil, err
	}
	if len(answer.Parts) != len(subs) {
		return nil, errParts
	}
	where := make(map[string]int, len(subs))
	for i, s := range subs {
		where[s.Ref] = i
	}
	out := make([]part, len(subs))
	for _, p := range answer.Parts {
		i, ok := where[p.Ref]
		if !ok || out[i].Ref != "" {
			return nil, errParts
		}
		p.at = r.At
		out[i] = p
	}
	return out, nil
}

// ref names subrequest i with a letter for its kind.
func ref(kind string, i int) string { return fmt.Sprintf("%s%d", kind, i) }

func asFault(err error, to **rest.Fault) bool { return errors.As(err, to) }

// missingVersion reads the 404 of a version's own resource.
func missingVersion(err error) error {
	var f *rest.Fault
	if errors.As(err, &f) && f.Status == http.StatusNotFound && f.Code == "NOT_FOUND" {
		g := *f
		g.Code = "UNSUPPORTED_API_VERSION"
		return &g
	}
	return err
}
