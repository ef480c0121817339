package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesWithRowsAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	run := p.applied()
	for _, name := range []string{"state.db", "crm.org.db", filepath.Join("runs", run.Run, "run.json"), filepath.Join("runs", run.Run, "plan.json")} {
		info, err := os.Stat(filepath.Join(p.dir, ".signalsmith", name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the rights %v", name, info.Mode().Perm())
		}
	}
}

func TestConfigurationBehindALinkThatLeadsOutIsRefused(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	outside := filepath.Join(t.TempDir(), "creds")
	if err := os.WriteFile(outside, []byte("secret = hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(p.dir, "creds.hcl")); err != nil {
		t.Fatal(err)
	}
	cfg, ds := p.tryLoad()
	if len(ds) != 1 || ds[0].Code != "C103" || strings.Contains(ds.Error(), "hunter2") || len(cfg.Files["creds.hcl"].Bytes) > 0 {
		t.Errorf("loading says %v", ds)
	}
}

func TestEveryNewOrgHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	if a, b := people(t, twoPeople).plan().Org.ID, people(t, twoPeople).plan().Org.ID; a == b {
		t.Errorf("two orgs, one id: %s", a)
	}
}
