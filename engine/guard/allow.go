package guard

import (
	"strings"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// Allow lets one item pass one rule.
type Allow struct {
	Rule, Addr string
	UpTo       int64  // the largest number that passes; 0 for any
	By         string // "--allow", or the place of the block
	Reason     string
}

// Pass marks the guards that are allowed by name. One that is allowed up to a number that is smaller than what was
// found blocks as before, and says so.
func Pass(guards []plan.Guard, allows []Allow) {
	for i := range guards {
		g := &guards[i]
		if !g.Blocked || !g.Allowable() {
			continue
		}
		for _, a := range allows {
			if a.Rule != g.Rule || a.Addr != g.Addr {
				continue
			}
			if a.UpTo > 0 && g.N > a.UpTo {
				g.Note = strings.TrimPrefix(g.Note+"; "+a.By+" allows up to "+number(a.UpTo), "; ")
				continue
			}
			g.Overridden, g.By, g.Reason = true, a.By, a.Reason
			break
		}
	}
}
