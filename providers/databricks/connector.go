package databricks

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	"github.com/databricks/databricks-sql-go/logger"
)

// quiet ends the driver's habit of writing to standard error.
var quiet = sync.OnceFunc(func() { _ = logger.SetLogLevel("disabled") })

// settings are what a connection takes beside the source block.
type settings struct {
	agent string // of the command: signalsmith/1.2.3
	tags  map[string]string
	pace  pace
}

// pool is connections to one warehouse.
type pool struct {
	*sql.DB
	transport *transport
	source    *source
}

// connect makes a pool. It makes no call.
func connect(s *source, o settings) (*pool, error) {
	quiet()
	base := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 10,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}
	t := &transport{base: base, to: s.address, agent: o.agent, pace: o.pace}
	t.login = token(s.token)
	if s.token == "" {
		t.login = &machine{to: s.address, id: s.clientID, secret: s.clientSecret, base: base, now: time.Now}
	}
	tags := map[string]string{"application": "signalsmith"}
	for k, v := range o.tags {
		if v != "" {
			tags[k] = v
		}
	}
	c, err := dbsql.NewConnector(
		dbsql.WithServerHostname(s.address.scheme+"://"+s.address.host),
		dbsql.WithPort(s.address.port),
		dbsql.WithHTTPPath(s.address.path),
		dbsql.WithInitialNamespace(s.catalog, s.schema),
		dbsql.WithAuthenticator(t.login),
		dbsql.WithTransport(t),
		dbsql.WithRetries(-1, 0, 0), // the transport knows better what may be repeated
		dbsql.WithCloudFetch(false), // results come from the warehouse, not from signed addresses elsewhere
		dbsql.WithUserAgentEntry(o.agent),
		dbsql.WithSessionParams(map[string]string{"ANSI_MODE": "true", "TIMEZONE": "UTC"}),
		dbsql.WithQueryTags(tags),
		dbsql.WithMaxRows(50_000),
	)
	if err != nil {
		return nil, fmt.Errorf("preparing connections to %s: %w", s.address.host, err)
	}
	db := sql.OpenDB(&connector{c})
	db.SetMaxIdleConns(4)
	db.SetConnMaxIdleTime(10 * time.Minute)
	return &pool{DB: db, transport: t, source: s}, nil
}

// Close ends the sessions and waits for what was cancelled.
func (p *pool) Close() error {
	p.transport.wait(20 * time.Second)
	err := p.DB.Close()
	if b, ok := p.transport.base.(*http.Transport); ok {
		b.CloseIdleConnections()
	}
	return err
}

// connector opens sessions whose results are read from Arrow and counted.
type connector struct{ inner driver.Connector }

// Connect opens a session.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{inner: inner}, nil
}

// Driver is the driver's own.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// conn is a session.
type conn struct {
	inner driver.Conn
	ended bool
}

var errNoTransactions = errors.New("the warehouse has no transactions")

// Prepare is not needed: statements are sent as they are.
func (c *conn) Prepare(query string) (driver.Stmt, error) { return c.inner.Prepare(query) }

// Begin fails: there are no transactions.
func (c *conn) Begin() (driver.Tx, error) { return nil, errNoTransactions }

// Close ends the session, and with it a statement that may still run in it. Whether the server has heard of that matters
// to nobody.
func (c *conn) Close() error {
	_ = c.inner.Close()
	return nil
}

// IsValid tells whether the session can be used again.
func (c *conn) IsValid() bool {
	v, ok := c.inner.(driver.Validator)
	return !c.ended && (!ok || v.IsValid())
}

// CheckNamedValue lets the driver judge values.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	return c.inner.(driver.NamedValueChecker).CheckNamedValue(v)
}

// QueryContext runs a statement and gives its rows, counted.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	w := &watch{ctx: ctx}
	r, err := c.inner.(driver.QueryerContext).QueryContext(watching(ctx, w), query, args)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	return newRows(ctx, r, w)
}

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	w := &watch{ctx: ctx}
	r, err := c.inner.(driver.ExecerContext).ExecContext(watching(ctx, w), query, args)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	return r, nil
}

// failed turns an error of the driver into driver.ErrBadConn where the session had ended, so that the statement, which
// was not executed, is sent again in a new one. A session whose statement is in doubt is closed, which ends it.
func (c *conn) failed(ctx context.Context, err error) error {
	var d *doubt
	if errors.As(err, &d) {
		c.ended = true
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s := err.Error(); strings.Contains(s, "Invalid SessionHandle") || strings.Contains(s, "[INVALID_HANDLE.SESSION") {
		c.ended = true
		return driver.ErrBadConn
	}
	return err
}
