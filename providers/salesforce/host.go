package salesforce

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// allowEnv names the environment variable that lists further hosts for credentials.
const allowEnv = "SIGNALSMITH_ALLOW_HOSTS"

// domains are Salesforce's own, and whatever stands below them: commercial clouds, Government Cloud Plus for Defense
// (Salesforce help, "My Domain URL Formats"; crmforce.mil and salesforce.mil), and the operator in China.
var domains = []string{"salesforce.com", "force.com", "cloudforce.com", "salesforce.mil", "crmforce.mil", "sfcrmproducts.cn"}

// hostError says why an address may not get credentials.
type hostError struct {
	malformed bool // the address is not usable at all
	text      string
}

func (e *hostError) Error() string { return e.text }

// checkHost gives the address to call, or why credentials do not go there. extra are hosts, with or without port,
// that the environment allows.
func checkHost(raw string, extra []string) (base string, problem *hostError) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http":
		return "", &hostError{true, fmt.Sprintf("%q is not an address like https://acme.my.salesforce.com", raw)}
	case u.User != nil:
		return "", &hostError{true, "the address holds a user name; credentials stand in the auth block"}
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return "", &hostError{true, fmt.Sprintf("the address has more than a host; use \"%s://%s\"", u.Scheme, u.Host)}
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	local := loopback(host)
	if u.Scheme == "http" && !local {
		return "", &hostError{true, fmt.Sprintf("%q is not encrypted; use https", u.Scheme+"://"+u.Host)}
	}
	if !local && !ofSalesforce(host) && !slices.Contains(extra, host) && !slices.Contains(extra, strings.ToLower(u.Host)) {
		return "", &hostError{false, fmt.Sprintf("%q is not a host of Salesforce", host)}
	}
	return u.Scheme + "://" + u.Host, nil
}

// ofSalesforce compares whole labels: evil-salesforce.com and salesforce.com.evil.example are not Salesforce's.
func ofSalesforce(host string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return strings.HasSuffix(host, "."+d) })
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// allowed reads the environment's list: hosts separated by commas or spaces.
func allowed(env func(string) (string, bool)) []string {
	v, _ := env(allowEnv)
	return strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return r == ',' || r == ' ' })
}
