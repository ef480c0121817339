package salesforce

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// The codes of diagnostics; each has a page.
const (
	codeNoLogin     diag.Code = "D101"
	codeTwoLogins   diag.Code = "D102"
	codeHost        diag.Code = "D103"
	codeAddress     diag.Code = "D104"
	codeVersion     diag.Code = "D105"
	codeRefused     diag.Code = "D106"
	codeUnreachable diag.Code = "D107"
	codeUntrusted   diag.Code = "D108"
	codeWrongOrg    diag.Code = "D109"
	codeAPIOff      diag.Code = "D110"
	codeQuota       diag.Code = "D111"
	codeSchemaFile  diag.Code = "D112"
	codeHeld        diag.Code = "D113"
	codeOrgFile     diag.Code = "D114"
	codeHalf        diag.Code = "D115"
	codeStranger    diag.Code = "D116"
	codeQuery       diag.Code = "D117"
	codeBusy        diag.Code = "D118"
	codeLater       diag.Code = "D119"
	codeClosed      diag.Code = "D120"
	codeReserve     diag.Code = "D121"
)

// problem makes a diagnostic about a destination block: at an argument, or at the block where the argument is not
// given.
func problem(s providers.DestinationSpec, code diag.Code, detail, arg string, hints ...string) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: code, Severity: diag.Error, Detail: detail, Hints: hints,
		Where: fmt.Sprintf("in destination %q %q", "salesforce", s.Name),
		Addr:  "destination.salesforce." + s.Name,
	}
	if s.Body == nil {
		return d
	}
	at := s.Body.Range
	if arg != "" {
		at = s.Body.At(arg)
		if e := s.Body.Inner("emulator"); e != nil && (arg == "schema" || arg == "path") {
			at = e.Body.At(arg)
		}
	}
	d.Subject = &at
	return d
}

func (d *destination) diagnostic(code diag.Code, detail, arg string, hints ...string) diag.Diagnostics {
	return diag.Diagnostics{problem(d.set.spec, code, detail, arg, hints...)}
}

// explained turns an error of a request into diagnostics where the user can do something about it. doing says what was
// tried, as in "describing Contact".
func (d *destination) explained(doing string, err error) error {
	var f *rest.Fault
	if err == nil || !errors.As(err, &f) {
		return err
	}
	if f.Ended {
		return fmt.Errorf("%s: %w", doing, f.Err)
	}
	said := salesforceSaid(f)
	code, arg := codeQuery, ""
	var detail string
	switch {
	case f.Code == rest.Unreachable, f.Code == rest.NoAnswer:
		code, arg = codeUnreachable, "instance_url"
		detail = fmt.Sprintf("%s: %s did not answer: %s.", sentence(doing), d.place(), short(f))
	case f.Code == rest.Untrusted:
		code, arg = codeUntrusted, "instance_url"
		detail = fmt.Sprintf("%s: the connection to %s is not trusted: %s.", sentence(doing), d.place(), short(f))
	case f.Code == rest.HalfAnswer:
		code = codeHalf
		detail = fmt.Sprintf("%s: %s. What came is not used.", sentence(doing), f.Message)
	case f.Code == rest.Redirected:
		code, arg = codeAddress, "instance_url"
		detail = fmt.Sprintf("%s: %s. The token was not sent there; instance_url has to be the org's own address.", sentence(doing), f.Message)
	case f.Rule.Class == providers.ClassAuth:
		code = codeRefused
		detail = fmt.Sprintf("%s: %s", sentence(doing), said)
	case f.Rule.Class == providers.ClassQuota:
		code = codeQuota
		detail = fmt.Sprintf("%s: %s", sentence(doing), said)
	case f.Code == "API_DISABLED_FOR_ORG", f.Code == "API_CURRENTLY_DISABLED":
		code = codeAPIOff
		detail = fmt.Sprintf("%s: %s", sentence(doing), said)
	case f.Code == "UNSUPPORTED_API_VERSION", f.Status == 410:
		code, arg = codeVersion, "api_version"
		detail = fmt.Sprintf("%s: the org does not offer API version %s: %s", sentence(doing), d.set.version, said)
	case strings.HasPrefix(f.Code, "HTTP_") && f.Rule.Class != providers.ClassRetry:
		code, arg = codeStranger, "instance_url"
		detail = fmt.Sprintf("%s: %s answered %s.", sentence(doing), d.place(), f.Message)
	case f.Rule.Class == providers.ClassRetry, f.Rule.Class == providers.ClassOrg:
		code = codeBusy
		detail = fmt.Sprintf("%s: %s", sentence(doing), said)
	default:
		detail = fmt.Sprintf("%s: %s", sentence(doing), said)
	}
	var hints []string
	if f.Rule.Hint != "" {
		hints = append(hints, f.Rule.Hint)
	}
	return d.diagnostic(code, detail, arg, hints...)
}

// place is the org's address for messages.
func (d *destination) place() string {
	if d.set.embedded != nil {
		return "the embedded org"
	}
	return d.set.base
}

// salesforceSaid quotes code and message.
func salesforceSaid(f *rest.Fault) string {
	return fmt.Sprintf("Salesforce says %s: %s", f.Code, full(strings.Join(strings.Fields(f.Message), " ")))
}

func short(f *rest.Fault) string {
	if f.Err != nil {
		return f.Err.Error()
	}
	return f.Message
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func full(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// reason is a file error without its path, which the message names already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
