package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/diag"
)

func TestUnlockAsksUnlessToldNotTo(t *testing.T) {
	for typed, want := range map[string]bool{"y\n": true, "Yes\n": true, "\n": false, "n\n": false, "": false} {
		s, _, screen := desk(typed)
		got, err := s.sure(context.Background(), "Break the lock?")
		if got != want || (err == nil) != want {
			t.Errorf("%q gives %t, %v", typed, got, err)
		}
		if !strings.HasPrefix(screen.String(), "Break the lock? [y/N] ") || strings.Contains(screen.String(), "Cancelled") == want {
			t.Errorf("%q shows %q", typed, screen.String())
		}
	}
	s, _, _ := desk("y\n")
	s.Terminal = Terminal{}
	var d diag.Diagnostic
	if ok, err := s.sure(context.Background(), "Break the lock?"); ok || !errors.As(err, &d) || d.Code != "X106" {
		t.Errorf("without a terminal: %t, %v", ok, err)
	}
}
