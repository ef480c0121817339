package emulator

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/api"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Token opens a session of an active user and gives its access token, which looks as clients expect: the org's id, an
// exclamation mark, and letters, digits, dots and underscores. "" is the integration user. Tokens are kept in the org's file.
func (o *Org) Token(username string) (string, error) {
	if username == "" {
		username = IntegrationUser
	}
	var token string
	err := o.db.Update(func(tx *store.Tx) error {
		user, ok := o.findUser(tx, username)
		if !ok {
			return fmt.Errorf("the org has no active user %s", username)
		}
		secret := make([]byte, 64)
		if _, err := rand.Read(secret); err != nil {
			return fmt.Errorf("making a token: %w", err)
		}
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"
		for i, b := range secret {
			secret[i] = alphabet[b%64]
		}
		token = o.id + "!AQ" + string(secret)
		return tx.SetToken(token, user)
	})
	return token, err
}

// authenticate gives the user whose token a request carries.
func (o *Org) authenticate(r *http.Request) (string, *apierror.Error) {
	invalid := apierror.At(401, "INVALID_SESSION_ID", "Session expired or invalid")
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", invalid
	}
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth") {
		return "", apierror.At(401, "INVALID_AUTH_HEADER", "INVALID_AUTH_HEADER")
	}
	return o.sessionUser(strings.TrimSpace(token))
}

// sessionUser gives the user of a session, who must still be active.
func (o *Org) sessionUser(token string) (string, *apierror.Error) {
	user := ""
	err := o.db.View(func(tx *store.Tx) error {
		id := tx.Token(token)
		u := o.schema.Object("User")
		if seq, ok := sfid.Seq(id); ok {
			if raw, ok := tx.Rows(u.Name).Get(seq); ok && raw.Get(u.Field("IsActive").Col).Kind == store.True {
				user = id
			}
		}
		return nil
	})
	if err != nil || user == "" {
		return "", apierror.At(401, "INVALID_SESSION_ID", "Session expired or invalid")
	}
	return user, nil
}

// person is what the identity resources tell about a user.
type person struct {
	id, username, email, first, last, name, locale, language, zone string
	modified                                                       int64
}

func (o *Org) person(id string) person {
	p := person{id: id}
	_ = o.db.View(func(tx *store.Tx) error { // the function returns no error, and neither does a reading transaction
		u := o.schema.Object("User")
		seq, ok := sfid.Seq(id)
		raw, found := tx.Rows(u.Name).Get(seq)
		if !ok || !found {
			return nil
		}
		text := func(field string) string { return raw.Get(u.Field(field).Col).Text }
		p.username, p.email, p.first, p.last, p.name = text("Username"), text("Email"), text("FirstName"), text("LastName"), text("Name")
		p.locale, p.language, p.zone = text("LocaleSidKey"), text("LanguageLocaleKey"), text("TimeZoneSidKey")
		p.modified = raw.Get(u.Field("SystemModstamp").Col).Unix
		return nil
	})
	return p
}

// baseURL is where the client reaches the org.
func baseURL(r *http.Request) string { return "http://" + r.Host }

// userinfo answers /services/oauth2/userinfo. A bad token is answered with text, unlike everywhere else (likely).
func (o *Org) userinfo(w http.ResponseWriter, r *http.Request) {
	user, err := o.authenticate(r)
	if err != nil {
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(403)
		_, _ = w.Write([]byte("Bad_OAuth_Token"))
		return
	}
	p, base := o.person(user), baseURL(r)
	b := []byte{'{'}
	str := func(name, value string) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(schema.Quote(b, name), ':')
		b = schema.Quote(b, value)
	}
	str("sub", base+"/id/"+o.id+"/"+user)
	str("user_id", user)
	str("organization_id", o.id)
	str("preferred_username", p.username)
	str("nickname", p.username)
	str("name", p.name)
	str("email", p.email)
	b = append(b, `,"email_verified":true`...)
	str("given_name", p.first)
	str("family_name", p.last)
	str("zoneinfo", p.zone)
	str("profile", base+"/"+user)
	str("picture", base+"/profilephoto/005/F")
	b = append(b, `,"urls":`...)
	b = append(b, urls(base)...)
	b = append(b, `,"active":true`...)
	str("user_type", "STANDARD")
	str("language", p.language)
	str("locale", p.locale)
	b = append(b, `,"utcOffset":0`...)
	str("updated_at", time.Unix(p.modified, 0).UTC().Format(time.RFC3339))
	b = append(b, `,"is_app_installed":true}`...)
	o.write(w, r, api.Reply{Status: 200, Body: b})
}

// identity answers /id/ORG/USER, which also takes its token from the query.
func (o *Org) identity(r *http.Request, org, id string) api.Reply {
	user, err := o.authenticate(r)
	if t := r.URL.Query().Get("oauth_token"); err != nil && t != "" {
		user, err = o.sessionUser(t)
	}
	if err != nil {
		return api.Fail(apierror.At(403, "INVALID_SESSION_ID", "Bad_OAuth_Token"))
	}
	if full, ok := sfid.Full(org); !ok || full != o.id {
		return api.Fail(apierror.NotFound())
	}
	if full, ok := sfid.Full(id); !ok || full != user {
		return api.Fail(apierror.NotFound())
	}
	p, base := o.person(user), baseURL(r)
	b := []byte{'{'}
	str := func(name, value string) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(schema.Quote(b, name), ':')
		b = schema.Quote(b, value)
	}
	str("id", base+"/id/"+o.id+"/"+user)
	b = append(b, `,"asserted_user":true`...)
	str("user_id", user)
	str("organization_id", o.id)
	str("username", p.username)
	str("nick_name", p.username)
	str("display_name", p.name)
	str("email", p.email)
	b = append(b, `,"email_verified":true`...)
	str("first_name", p.first)
	str("last_name", p.last)
	str("timezone", p.zone)
	b = append(b, `,"urls":`...)
	b = append(b, urls(base)...)
	b = append(b, `,"active":true`...)
	str("user_type", "STANDARD")
	str("language", p.language)
	str("locale", p.locale)
	b = append(b, `,"utcOffset":0`...)
	str("last_modified_date", time.Unix(p.modified, 0).UTC().Format(time.RFC3339))
	return api.Reply{Status: 200, Body: append(b, `,"is_app_installed":true}`...)}
}

// urls lists the APIs of the org that exist here, as templates.
func urls(base string) string {
	b := []byte{'{'}
	for i, u := range [][2]string{
		{"rest", "/services/data/v{version}/"}, {"sobjects", "/services/data/v{version}/sobjects/"},
		{"query", "/services/data/v{version}/query/"}, {"profile", "/{user_id}"},
	} {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(schema.Quote(b, u[0]), ':')
		b = schema.Quote(b, base+u[1])
	}
	return string(append(b, '}'))
}
