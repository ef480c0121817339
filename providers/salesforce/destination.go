package salesforce

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// destination is one org.
type destination struct {
	f   *factory
	set settings

	// turn is taken by whoever opens or identifies the org; it guards org and checked.
	turn    chan struct{}
	org     *providers.Org
	checked bool // the block's claims about the org hold

	mu     sync.Mutex // guards what follows, never while a request is in flight
	rest   *rest.Client
	shut   func() error // closes the embedded org
	closed bool

	paces paces
}

func newDestination(f *factory, s settings) *destination {
	return &destination{f: f, set: s, turn: make(chan struct{}, 1)}
}

// take waits for the turn; release gives it back.
func (d *destination) take(ctx context.Context) (release func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// client opens the org and checks once that it is the one that the block describes. Nothing is read or written before.
func (d *destination) client(ctx context.Context) (*rest.Client, error) {
	release, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	c, err := d.open(ctx)
	if err != nil || d.checked {
		return c, err
	}
	if d.set.orgID != "" || d.set.production != nil || d.newer() {
		if _, err := d.identify(ctx, c); err != nil {
			return nil, err
		}
	}
	d.checked = true
	return c, nil
}

// open makes the client; the caller has the turn.
func (d *destination) open(ctx context.Context) (*rest.Client, error) {
	d.mu.Lock()
	c, closed := d.rest, d.closed
	d.mu.Unlock()
	switch {
	case closed:
		return nil, d.afterClose()
	case c != nil:
		return c, nil
	case d.set.embedded != nil:
		c, shut, err := d.openEmbedded(ctx)
		if err != nil {
			return nil, err
		}
		return c, d.keep(c, shut)
	}
	c = d.f.client(d.set, d.set.base, func(_ context.Context, refused string) (string, error) {
		if refused != "" {
			return "", fmt.Errorf("an access token cannot be renewed")
		}
		return d.set.token, nil
	})
	return c, d.keep(c, nil)
}

// keep makes an open client the destination's, unless that was closed meanwhile.
func (d *destination) keep(c *rest.Client, shut func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.rest, d.shut = c, shut
		return nil
	}
	c.Close()
	if shut != nil {
		return errors.Join(d.afterClose(), shut())
	}
	return d.afterClose()
}

func (d *destination) afterClose() error {
	return d.diagnostic(codeClosed, "The destination was closed before this was asked of it.", "")
}

// Org tells which org this is: the version's own resource names org and user, and one composite call their names.
func (d *destination) Org(ctx context.Context) (providers.Org, error) {
	release, err := d.take(ctx)
	if err != nil {
		return providers.Org{}, err
	}
	defer release()
	c, err := d.open(ctx)
	if err != nil {
		return providers.Org{}, err
	}
	org, err := d.identify(ctx, c)
	if err == nil {
		d.checked = true
	}
	return org, err
}

// identify asks once; the caller has the turn.
func (d *destination) identify(ctx context.Context, c *rest.Client) (providers.Org, error) {
	if d.org != nil {
		return *d.org, nil
	}
	if d.newer() {
		if err := d.offered(ctx, c); err != nil {
			return providers.Org{}, err
		}
	}
	const doing = "asking which org this is"
	var root struct {
		Identity string `json:"identity"`
	}
	_, err := c.Do(ctx, rest.Request{Method: "GET", Path: c.Path("/"), Kind: rest.Other, Decode: into(&root)})
	if err != nil {
		return providers.Org{}, d.explained(doing, missingVersion(err))
	}
	orgID, userID, ok := identity(root.Identity)
	if !ok {
		return providers.Org{}, d.diagnostic(codeStranger, fmt.Sprintf(
			"%s: %s did not say which org it is: it is not Salesforce, or something between rewrites its answers.", sentence(doing), d.place()), "instance_url")
	}
	org := providers.Org{ID: orgID, UserID: userID, Embedded: d.set.embedded != nil}
	if err := d.names(ctx, c, &org); err != nil {
		return providers.Org{}, d.explained(doing, err)
	}
	if err := d.verify(org); err != nil {
		return providers.Org{}, err
	}
	d.org = &org
	return org, nil
}

// names fills what stands in records: the org's name and kind, the user's name.
func (d *destination) names(ctx context.Context, c *rest.Client, org *providers.Org) error {
	parts, _, err := composite(ctx, c, rest.Query, []sub{
		{Method: "GET", Path: c.Path("/query?q=" + escape("SELECT Id, Name, IsSandbox FROM Organization")), Ref: "org"},
		{Method: "GET", Path: c.Path("/query?q=" + escape("SELECT Id, Username FROM User WHERE Id = "+quote(org.UserID))), Ref: "user"},
	})
	if err != nil {
		return err
	}
	var orgs struct {
		Records []struct {
			ID        string `json:"Id"`
			Name      string
			IsSandbox bool
		} `json:"records"`
	}
	var users struct {
		Records []struct{ Username string } `json:"records"`
	}
	if err := parts[0].decode(&orgs); err != nil {
		return err
	}
	if err := parts[1].decode(&users); err != nil {
		return err
	}
	if len(orgs.Records) > 0 {
		org.Name = orgs.Records[0].Name
		org.Production = !orgs.Records[0].IsSandbox && !org.Embedded
	}
	if len(users.Records) > 0 {
		org.User = users.Records[0].Username
	}
	return nil
}

// verify holds the org against what the block says about it.
func (d *destination) verify(org providers.Org) error {
	var problems diag.Diagnostics
	kind := map[bool]string{true: "a production org", false: "not a production org"}
	if d.set.orgID != "" && d.set.orgID != org.ID {
		problems = append(problems, problem(d.set.spec, codeWrongOrg, fmt.Sprintf(
			"The block says org %s, and the login leads to %s (%s). Nothing was read or written.", d.set.orgID, org.ID, org.Name), "org_id"))
	}
	if p := d.set.production; p != nil && *p != org.Production {
		problems = append(problems, problem(d.set.spec, codeWrongOrg, fmt.Sprintf(
			"The block says production = %t, and %s (%s) is %s. Nothing was read or written.", *p, org.ID, org.Name, kind[org.Production]), "production"))
	}
	return problems.Err()
}

// newer tells whether the version is one that not every org offers.
func (d *destination) newer() bool {
	n, _ := versionNumber(d.set.version)
	return n > newest
}

// offered checks the version against the org's list, which costs no call.
func (d *destination) offered(ctx context.Context, c *rest.Client) error {
	var list []struct {
		Version string `json:"version"`
	}
	if _, err := c.Do(ctx, rest.Request{Method: "GET", Path: "/services/data", Kind: rest.Free, Decode: into(&list)}); err != nil {
		return d.explained("asking for the API versions", err)
	}
	last := ""
	for _, v := range list {
		if "v"+v.Version == d.set.version {
			return nil
		}
		last = v.Version
	}
	return d.diagnostic(codeVersion, fmt.Sprintf("The org does not offer API version %s; its newest is v%s.", d.set.version, last), "api_version")
}

// Usage tells the calls made by this process and what the org has left.
func (d *destination) Usage() providers.Usage {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rest == nil {
		return providers.Usage{Left: -1}
	}
	u := d.rest.Usage()
	u.Reserve = (u.Max*d.set.reserve + 100*100 - 1) / (100 * 100)
	return u
}

// Close ends requests in flight and closes the embedded org. A second Close does nothing.
func (d *destination) Close() error {
	d.mu.Lock()
	c, shut, done := d.rest, d.shut, d.closed
	d.closed = true
	d.mu.Unlock()
	if done || c == nil {
		return nil
	}
	c.Close()
	if shut == nil {
		return nil
	}
	return shut()
}

// into decodes an answer into v.
func into(v any) func(*rest.Reply) error {
	return func(r *rest.Reply) error { return json.Unmarshal(r.Body, v, looseJSON) }
}

// identity reads the org's and the user's id from "https://login.salesforce.com/id/00D.../005...".
func identity(url string) (org, user string, ok bool) {
	rest, user, found := cutLast(url, '/')
	_, org, found2 := cutLast(rest, '/')
	if !found || !found2 {
		return "", "", false
	}
	org, ok1 := canon.ID(org)
	user, ok2 := canon.ID(user)
	return org, user, ok1 && ok2
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == sep {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
