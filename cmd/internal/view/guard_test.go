package view

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestOptOutsThatAreTakenBackStandWithTheRemovals(t *testing.T) {
	for _, file := range []string{"destinations", "typical"} { // without guards, and with some
		p := document(t, filepath.Join(plans, file+".json"))
		p.Items[0].OptIns = 3
		var b bytes.Buffer
		if err := (Plan{Detail: Summary}).Write(&b, p); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(b.String(), "\nRemovals\n")
		if block, _, _ := strings.Cut(after, "\n\n"); !strings.Contains(strings.Join(strings.Fields(block), " "), p.Items[0].Addr+" 3 opt-outs are taken back (allow_opt_in)") {
			t.Errorf("%s: the screen says\n%s", file, b.String())
		}
	}
}
