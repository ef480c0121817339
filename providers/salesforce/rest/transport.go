package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// transport is made for one org: up to 20 requests in flight, each of which may take minutes before its answer
// begins, so that only pings and keep-alives tell a slow server from a lost one.
func transport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 24,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true, // compressed here, faster
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 20 * time.Second},
	}
}

// timeout follows Salesforce's own limits: a query executes for two minutes, a call for ten.
func timeout(k Kind) time.Duration {
	switch k {
	case Write:
		return 11 * time.Minute
	case Query:
		return 5 * time.Minute
	}
	return 2 * time.Minute
}

// watch tells whether the head of a request was written, after which the server may carry it out.
func watch(ctx context.Context) (context.Context, func() bool) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	return ctx, sent.Load
}

// lost makes the fault of a request without an answer.
func (c *Client) lost(err error, sent bool, began time.Time) *Fault {
	err = withoutURL(err)
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &record):
		return ours(Untrusted, "no trusted connection", false, err)
	case !sent:
		return ours(Unreachable, "no connection", false, err)
	case errors.Is(err, context.DeadlineExceeded):
		return ours(NoAnswer, "no answer after "+time.Since(began).Round(time.Second).String(), true, err)
	}
	return ours(NoAnswer, "the connection ended before the answer", true, err)
}

// withoutURL takes the address off an error: queries in it hold match values, which are people's.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// place is the host that a redirect points to, without path or query, which may hold a session.
func place(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "another page"
	}
	return u.Host
}
