package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

func (s *shell) emulatorCommand() *cobra.Command {
	listen := ""
	c := &cobra.Command{
		Use:   "emulator [DESTINATION]",
		Short: "Serve the embedded org of a destination, to look at its records and edit them",
		Args:  atMost(1, "one destination"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := loopback(listen); err != nil {
				return err
			}
			cfg, ok := s.load()
			if !ok {
				return codeError
			}
			d, err := s.embedded(cfg, args)
			if err != nil {
				return err
			}
			ctx, cancel := s.interruptible(c.Context())
			defer cancel()
			spec := providers.DestinationSpec{Name: d.Name, Dir: cfg.Dir, Body: d.Body, Now: s.Now, UserAgent: "signalsmith/" + s.Version.Number}
			err = s.Emulators[d.Kind](ctx, spec, listen, func(url, token string) { s.serving(d, url, token) })
			if err != nil && !(s.stopped(c.Context()) && errors.Is(err, context.Canceled)) {
				return err
			}
			return nil
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "serve at `ADDRESS` of this machine; port 0 takes a free one")
	return c
}

// serving prints where the org is, and a command to try.
func (s *shell) serving(d *config.Destination, url, token string) {
	_, _ = fmt.Fprintf(s.Stdout, "url    %s\ntoken  %s\n", url, token)
	s.say("Serving %s; ^C stops. To see a record, type in another terminal:", strings.TrimPrefix(d.Addr().String(), "destination."))
	s.say("    curl -H 'Authorization: Bearer %s' '%s/services/data/v59.0/query?q=SELECT+FIELDS(ALL)+FROM+Contact+LIMIT+1'", token, url)
}

// loopback refuses addresses that other machines can reach: the org has no protection worth the name.
func loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err == nil && host != "localhost" {
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			err = errors.New("not loopback")
		}
	}
	if err == nil {
		return nil
	}
	return diag.Diagnostic{
		Code: "X103", Severity: diag.Error,
		Detail: fmt.Sprintf("The flag --listen takes an address of this machine, such as 127.0.0.1:8080, and %q is none.", listen),
	}
}

// embedded finds the destination to serve: the one that is named, else the only one with an embedded org.
func (s *shell) embedded(cfg *config.Config, args []string) (*config.Destination, error) {
	var names []string
	var found []*config.Destination
	for _, d := range cfg.Destinations {
		if d.Body == nil || d.Body.Inner("emulator") == nil || s.Emulators[d.Kind] == nil {
			continue
		}
		short := d.Kind + "." + d.Name
		names = append(names, short)
		if len(args) == 0 || slices.Contains([]string{d.Name, short, d.Addr().String()}, args[0]) {
			found = append(found, d)
		}
	}
	slices.Sort(names)
	if len(found) == 1 {
		return found[0], nil
	}
	p := diag.Diagnostic{Code: "X111", Severity: diag.Error}
	switch {
	case len(names) == 0:
		p.Detail = "No destination of this configuration has an emulator block, so there is no embedded org to serve."
	case len(args) > 0 && len(found) == 0:
		p.Detail = fmt.Sprintf("No destination %q has an emulator block. Those that have one: %s.", args[0], strings.Join(names, ", "))
		p.Hints = diag.DidYouMean(args[0], names)
	default:
		p.Detail = fmt.Sprintf("Several destinations have an embedded org: %s. Say which one is meant:", strings.Join(names, ", "))
		p.Command = "signalsmith emulator " + names[0]
	}
	return nil, p
}
