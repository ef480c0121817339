package thrifttest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokens are the tokens that the server made.
type tokens struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

func (t *tokens) make(life time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends == nil {
		t.ends = map[string]time.Time{}
	}
	token := "oauth-" + newID()
	t.ends[token] = time.Now().Add(life)
	return token
}

// admit checks the token of a request; the status is 0 where it is good.
func (s *Server) admit(r *http.Request) (status int, reason string) {
	if s.o.Token == "" && s.o.ClientID == "" {
		return 0, ""
	}
	token := bearer(r)
	if token == "" {
		return http.StatusUnauthorized, "Credential was not sent or was of an unsupported type for this API."
	}
	if s.o.Token != "" && token == s.o.Token {
		return 0, ""
	}
	s.tokens.mu.Lock()
	end, ok := s.tokens.ends[token]
	s.tokens.mu.Unlock()
	if !ok {
		return http.StatusForbidden, "Invalid access token."
	}
	if time.Now().After(end) {
		return http.StatusForbidden, "Access token expired."
	}
	return 0, ""
}

// Revoke makes the tokens useless that /oidc/v1/token made so far.
func (s *Server) Revoke() {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	s.tokens.ends = nil
}

// serveLogin answers what a client asks before it has a token; false where the path is none of these.
func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) bool {
	base := "https://" + r.Host
	if !strings.Contains(r.Host, "databricks") {
		base = "http://" + r.Host
	}
	switch r.URL.Path {
	case "/.well-known/databricks-config":
		reply(w, http.StatusOK, map[string]any{"oidc_endpoint": base + "/oidc"})
	case "/oidc/.well-known/openid-configuration", "/oidc/.well-known/oauth-authorization-server":
		reply(w, http.StatusOK, map[string]any{
			"issuer":                                base + "/oidc",
			"authorization_endpoint":                base + "/oidc/v1/authorize",
			"token_endpoint":                        base + "/oidc/v1/token",
			"jwks_uri":                              base + "/oidc/jwks.json",
			"response_types_supported":              []string{"code"},
			"subject_types_supported":               []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"},
			"scopes_supported":                      []string{"all-apis", "sql", "offline_access"},
			"grant_types_supported":                 []string{"client_credentials"},
		})
	case "/oidc/v1/token":
		s.serveToken(w, r)
	default:
		return false
	}
	return true
}

func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		reply(w, http.StatusBadRequest, map[string]any{"error": "invalid_request"})
		return
	}
	id, secret, ok := r.BasicAuth()
	if ok && secret != s.o.ClientSecret { // RFC 6749, 2.3.1: both are form-encoded first, though not by every client
		id, secret = decoded(id), decoded(secret)
	} else if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	switch {
	case r.PostForm.Get("grant_type") != "client_credentials":
		reply(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"})
	case s.o.ClientID == "" || id != s.o.ClientID || secret != s.o.ClientSecret:
		reply(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client",
			"error_description": "Client authentication failed"})
	default:
		reply(w, http.StatusOK, map[string]any{"access_token": s.tokens.make(s.o.TokenLife), "token_type": "Bearer",
			"expires_in": int(s.o.TokenLife.Seconds()), "scope": r.PostForm.Get("scope")})
	}
}

func decoded(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

func reply(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
