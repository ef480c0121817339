package databricks

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// allowEnv names the environment variable that lists further hosts for credentials.
const allowEnv = "SIGNALSMITH_ALLOW_HOSTS"

// domains are Databricks' own, and whatever stands below them: Azure, AWS, Google Cloud, Azure Government and China,
// AWS GovCloud (which is below cloud.databricks.us).
var domains = [...]string{"azuredatabricks.net", "databricks.com", "databricks.azure.us", "databricks.azure.cn", "databricks.us", "databricks.mil"}

// address is where a warehouse answers.
type address struct {
	scheme, host string
	port         int
	path         string
}

func (a address) authority() string { return net.JoinHostPort(a.host, strconv.Itoa(a.port)) }

// base is the address without the path.
func (a address) base() string {
	if a.scheme == "https" && a.port == 443 {
		return "https://" + a.host
	}
	return a.scheme + "://" + a.authority()
}

// hostError says why an address may not get credentials.
type hostError struct {
	malformed bool // the address is not usable at all
	text      string
}

func (e *hostError) Error() string { return e.text }

// checkHost reads the host of a source block: a name, or an address with a scheme. extra are hosts, with or without
// port, that the environment allows.
func checkHost(raw string, extra []string) (address, *hostError) {
	given := strings.TrimSpace(raw)
	if !strings.Contains(given, "://") {
		given = "https://" + given
	}
	u, err := url.Parse(given)
	switch {
	case err != nil, u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http":
		return address{}, &hostError{true, fmt.Sprintf("%q is not a host like adb-1234567890123456.7.azuredatabricks.net", raw)}
	case u.User != nil:
		return address{}, &hostError{true, "the host holds a user name; credentials are arguments of their own"}
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return address{}, &hostError{true, fmt.Sprintf("the host has more than a name; use %q and give the rest as http_path", u.Host)}
	}
	a := address{scheme: u.Scheme, host: strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port: 443}
	if u.Scheme == "http" {
		a.port = 80
	}
	if p := u.Port(); p != "" {
		if a.port, err = strconv.Atoi(p); err != nil || a.port < 1 || a.port > 65535 {
			return address{}, &hostError{true, fmt.Sprintf("%q is not a port", p)}
		}
	}
	local := loopback(a.host)
	if a.scheme == "http" && !local {
		return address{}, &hostError{true, fmt.Sprintf("%q is not encrypted; use https", raw)}
	}
	if !local && !ofDatabricks(a.host) && !slices.Contains(extra, a.host) && !slices.Contains(extra, a.authority()) {
		return address{}, &hostError{false, fmt.Sprintf("%q is not a host of Databricks", a.host)}
	}
	return a, nil
}

// ofDatabricks compares whole labels: evil-databricks.com and databricks.com.evil.example are not Databricks'.
func ofDatabricks(host string) bool {
	return slices.ContainsFunc(domains[:], func(d string) bool { return strings.HasSuffix(host, "."+d) })
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
