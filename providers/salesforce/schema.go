package salesforce

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
)

// laterLogin says what to use in the place of logins that are not there yet.
const laterLogin = "use auth \"access_token\" with a token that something else gets, as sf org display --json does, or an emulator block"

// block is what destination "salesforce" takes.
func block() *schema.Block {
	return &schema.Block{
		Doc: "A Salesforce org, and how to log in to it.",
		Args: []schema.Arg{
			{Name: "instance_url", Type: cty.String, Doc: "The org's My Domain address, as in https://acme.my.salesforce.com."},
			{Name: "api_version", Type: cty.String, Doc: "The API version, v59.0 by default: v57.0, v58.0, v59.0, or a newer one that the org offers."},
			{Name: "org_id", Type: cty.String, Doc: "The org's id; every command checks that it is this org."},
			{Name: "production", Type: cty.Bool, Doc: "Whether this is a production org; every command checks it."},
			{
				Name: "api", Type: cty.String, OneOf: []string{"auto", "composite"}, LaterOf: []string{"bulk"},
				Doc: "Which API writes: composite sends 1,000 records a call; auto chooses by the number of rows.",
			},
			{
				Name: "reserve", Type: cty.String,
				Doc: "The share of the day's API calls that is never used, as in 20%: a plan that needs more than the rest is blocked. None by default.",
			},
		},
		Blocks: []schema.Nested{
			{Type: "auth", Variants: map[string]*schema.Block{
				"access_token": {
					Doc: "An access token that something else has got, as in a pipeline.",
					Args: []schema.Arg{
						{Name: "token", Type: cty.String, Required: true, Secret: true, Doc: "The access token, as in env(\"SF_ACCESS_TOKEN\")."},
					},
				},
				"oauth": {
					Later: laterLogin,
					Doc:   "A browser login, done once with signalsmith login.",
					Args: []schema.Arg{
						{Name: "client_id", Type: cty.String, Doc: "The consumer key of the external client app."},
						{Name: "login_url", Type: cty.String, Doc: "The login host or My Domain."},
					},
				},
				"jwt": {
					Later: laterLogin,
					Doc:   "A login with a private key, for pipelines.",
					Args: []schema.Arg{
						{Name: "client_id", Type: cty.String, Doc: "The consumer key of the external client app."},
						{Name: "username", Type: cty.String, Doc: "The user to log in as."},
						{Name: "key_file", Type: cty.String, Doc: "The private key's file."},
						{Name: "key", Type: cty.String, Secret: true, Doc: "The private key itself."},
						{Name: "login_url", Type: cty.String, Doc: "The login host or My Domain."},
					},
				},
				"client_credentials": {
					Later: laterLogin,
					Doc:   "A login as the app's own user, for pipelines.",
					Args: []schema.Arg{
						{Name: "client_id", Type: cty.String, Doc: "The consumer key of the external client app."},
						{Name: "client_secret", Type: cty.String, Secret: true, Doc: "The consumer secret."},
					},
				},
			}},
			{Type: "emulator", Block: &schema.Block{
				Doc: "An embedded org in place of a real one, for demonstrations, tests and dry runs. It lives in a file.",
				Args: []schema.Arg{
					{Name: "schema", Type: cty.String, Doc: "A file of objects and fields besides the standard ones."},
					{Name: "path", Type: cty.String, Doc: "The org's file; .signalsmith/NAME.org.db by default."},
				},
			}},
		},
	}
}
