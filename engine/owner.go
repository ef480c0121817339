package engine

import (
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// own says who works with the state, before it is opened: the run's id is made first, because the lock names it.
func (s *session) own() error {
	id, err := s.runID(s.e.Now().UTC())
	if err != nil {
		return err
	}
	s.owner = providers.Owner{Run: id, PID: os.Getpid(), User: s.e.User, Host: s.e.Host}
	if s.owner.Host == "" {
		if s.owner.Host, err = os.Hostname(); err != nil {
			s.owner.Host = "unknown"
		}
	}
	if s.owner.User == "" {
		s.owner.User = "unknown"
		if u, err := user.Current(); err == nil {
			s.owner.User = u.Username
		}
	}
	return nil
}

// runID is the time to the second and a random end: unique, and ordered by time.
func (s *session) runID(now time.Time) (string, error) {
	end, err := s.random(2)
	if err != nil {
		return "", fmt.Errorf("making a run id: %w", err)
	}
	return now.Format("20060102-150405") + fmt.Sprintf("-%x", end), nil
}
