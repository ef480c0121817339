package databricks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// login puts credentials on requests. The driver calls Authenticate.
type login interface {
	Authenticate(*http.Request) error

	// renew forgets what the server refused; it reports false where there is nothing else to try.
	renew() bool
}

// token is a personal access token.
type token string

func (t token) Authenticate(r *http.Request) error {
	r.Header.Set("Authorization", "Bearer "+string(t))
	return nil
}

func (token) renew() bool { return false }

// loginError is the answer to credentials that the server does not accept.
type loginError struct{ text string }

func (e *loginError) Error() string { return e.text }

// machine logs a service principal in: OAuth's client credentials, against the workspace itself, which every cloud of
// Databricks has (https://docs.databricks.com/dev-tools/auth/oauth-m2m.html).
type machine struct {
	to         address
	id, secret string
	base       http.RoundTripper
	now        func() time.Time

	mu    sync.Mutex
	token string
	until time.Time
}

// Authenticate gets a token where there is none, or the one there is will soon end.
func (m *machine) Authenticate(r *http.Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token == "" || !m.now().Before(m.until) {
		if err := m.get(r.Context()); err != nil {
			return err
		}
	}
	r.Header.Set("Authorization", "Bearer "+m.token)
	return nil
}

func (m *machine) renew() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	had := m.token != ""
	m.token = ""
	return had
}

func (m *machine) get(ctx context.Context) error {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"all-apis"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.to.base()+"/oidc/v1/token", strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	req.SetBasicAuth(url.QueryEscape(m.id), url.QueryEscape(m.secret))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := m.base.RoundTrip(req)
	if err != nil {
		return &unreachable{fmt.Errorf("logging in: %w", err)}
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return &unreachable{fmt.Errorf("logging in: %w", err)}
	}
	var answer struct {
		Token       string `json:"access_token"`
		Life        int64  `json:"expires_in"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil && res.StatusCode == http.StatusOK {
		return fmt.Errorf("logging in: reading the token: %w", err)
	}
	if res.StatusCode != http.StatusOK || answer.Token == "" {
		said := strings.TrimSpace(answer.Error + " " + answer.Description)
		if said == "" {
			said = res.Status
		}
		return &loginError{said}
	}
	m.token = answer.Token
	m.until = m.now().Add(time.Duration(answer.Life)*time.Second - min(time.Minute, time.Duration(answer.Life)*time.Second/5))
	return nil
}

// refusedLogin tells whether an error says that credentials are not accepted, and what the server said.
func refusedLogin(err error) (said string, ok bool) {
	var l *loginError
	if errors.As(err, &l) {
		return l.text, true
	}
	var no *refusal
	if errors.As(err, &no) && (no.status == http.StatusUnauthorized || no.status == http.StatusForbidden) {
		return no.Error(), true
	}
	return "", false
}
