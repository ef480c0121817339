package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

func TestDirectoriesAndFilesThatCannotBeRead(t *testing.T) {
	for _, tc := range []struct {
		name   string
		files  map[string]string
		dir    string // below the directory of the files
		code   diag.Code
		detail string
		hint   string
	}{
		{"a directory that is not there", map[string]string{"crm/main.hcl": ""}, "crn", "C101", "no directory", `did you mean "crm"?`},
		{"a file in place of a directory", map[string]string{"main.hcl": ""}, "main.hcl", "C101", "is a file", ""},
		{"an empty directory", map[string]string{"sub/main.hcl": ""}, "", "C102", "no *.hcl file", ""},
		{"a directory of another tool", map[string]string{"main.tf": ""}, "", "C102", "no *.hcl file", "main.tf"},
		{"hidden files only", map[string]string{".main.hcl": "x"}, "", "C102", "no *.hcl file", ""},
		{"a file that is not UTF-8", map[string]string{"main.hcl": "# caf\xe9\n"}, "", "C103", "UTF-8", ""},
		{"a file in UTF-16", map[string]string{"main.hcl": "\xff\xfea\x00"}, "", "C103", "UTF-8", "UTF-16"},
		{"a file that is too large", map[string]string{"main.hcl": strings.Repeat("#\n", 3<<20)}, "", "C103", "4 MiB", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, ds := config.Load(filepath.Join(write(t, tc.files), tc.dir), options())
			if c == nil || len(ds) != 1 || ds[0].Code != tc.code || !strings.Contains(ds[0].Detail, tc.detail) {
				t.Fatalf("got %v", ds)
			}
			if tc.hint != "" && !strings.Contains(strings.Join(ds[0].Hints, ";"), tc.hint) {
				t.Errorf("hints %q", ds[0].Hints)
			}
		})
	}
}

func TestFilesThatMayNotBeRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := write(t, map[string]string{"main.hcl": "", "other.hcl": "locals {}"})
	if err := os.Chmod(filepath.Join(dir, "main.hcl"), 0); err != nil {
		t.Fatal(err)
	}
	if _, ds := config.Load(dir, options()); len(ds) != 1 || ds[0].Code != "C103" {
		t.Error(ds)
	}
}

func TestALinkThatLeadsNowhereIsReported(t *testing.T) {
	dir := write(t, map[string]string{"other.hcl": "locals {}"})
	if err := os.Symlink("nowhere.hcl", filepath.Join(dir, "main.hcl")); err != nil {
		t.Skip(err)
	}
	if _, ds := config.Load(dir, options()); len(ds) != 1 || ds[0].Code != "C103" {
		t.Error(ds)
	}
}

func TestFilesThatLoadAsTheyAre(t *testing.T) {
	const project = "signalsmith {\n  project = \"crm\"\n}\n"
	for name, src := range map[string]string{
		"plain":                 project,
		"empty":                 "",
		"a comment only":        "# nothing\n",
		"a byte order mark":     "\ufeff" + project,
		"lines of Windows":      strings.ReplaceAll(project, "\n", "\r\n"),
		"no newline at its end": strings.TrimSuffix(project, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c, ds := config.Load(write(t, map[string]string{"main.hcl": src}), options())
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			want := "crm"
			if !strings.Contains(src, "crm") {
				want = "default"
			}
			if c.Project.Project != want {
				t.Errorf("project %q", c.Project.Project)
			}
		})
	}
}

func TestAHeredocMeansTheSameWithLinesOfWindows(t *testing.T) {
	src := strings.ReplaceAll(complete, "\n", "\r\n")
	windows, ds := config.Load(write(t, map[string]string{"main.hcl": src}), options())
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	unix, _ := config.Load(write(t, map[string]string{"main.hcl": complete}), options())
	if a, b := config.Digest(windows), config.Digest(unix); a != b {
		t.Error("the digests differ")
	}
}

func TestAllFilesOfADirectoryAreOneConfiguration(t *testing.T) {
	blocks := strings.SplitAfter(complete, "\n}\n")
	files := map[string]string{}
	for i, b := range blocks {
		files[string(rune('z'-i))+".hcl"] = b
	}
	parts, ds := config.Load(write(t, files), options())
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	whole, _ := config.Load(write(t, map[string]string{"main.hcl": complete}), options())
	if config.Digest(parts) != config.Digest(whole) {
		t.Error("the order of blocks counts")
	}
}

func TestABrokenFileDoesNotMakeItsBlocksUndeclared(t *testing.T) {
	_, ds := config.Load(write(t, map[string]string{
		"broken.hcl": "source \"duckdb\" \"files\" {\n",
		"main.hcl":   "model \"m\" {\n  source = source.duckdb.files\n  primary_key = \"id\"\n  table = \"x\"\n}\n",
	}), options())
	if len(ds) != 2 || ds[0].Code != "C104" || ds[1].Code != "C111" {
		t.Error(ds)
	}
}

func TestFileReadsBelowTheDirectoryOnly(t *testing.T) {
	outside := filepath.Join(write(t, map[string]string{"secret.txt": "secret"}), "secret.txt")
	dir := write(t, map[string]string{
		"sql/customers.sql":      "select 1 as id",
		".signalsmith/notes.txt": "own",
		"latin.txt":              "caf\xe9",
		"mark.txt":               "\ufeffmarked",
	})
	for link, to := range map[string]string{
		"inside.sql": "sql/customers.sql", "out.txt": outside, "up": "..", "own.txt": ".signalsmith/notes.txt", "ownd": ".signalsmith",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	for _, tc := range []struct{ name, path, want string }{
		{"a file below", "sql/customers.sql", "select 1 as id"},
		{"a file below by a longer way", "./sql/../sql/customers.sql", "select 1 as id"},
		{"a file below by its full name", filepath.Join(dir, "sql", "customers.sql"), "select 1 as id"},
		{"a link that stays below", "inside.sql", "select 1 as id"},
		{"a byte order mark is left out", "mark.txt", "marked"},
		{"a file above", "../mark.txt", ""},
		{"a way out and in again", "../" + filepath.Base(dir) + "/mark.txt", ""},
		{"a file outside", outside, ""},
		{"a link that leads outside", "out.txt", ""},
		{"a directory that leads outside", "up/x", ""},
		{"the state's directory", ".signalsmith/notes.txt", ""},
		{"a link to the state's directory", "own.txt", ""},
		{"a file through a link to the state's directory", "ownd/notes.txt", ""},
		{"a file that is not UTF-8", "latin.txt", ""},
		{"a directory", "sql", ""},
		{"the directory itself", ".", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := "signalsmith {\n  environment = replace(file(\"" + tc.path + "\"), \" \", \"_\")\n}\n"
			if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(src), 0o644); err != nil {
				t.Fatal(err)
			}
			c, ds := config.Load(dir, options())
			if tc.want == "" {
				if len(ds) != 1 || ds[0].Code != "C122" {
					t.Errorf("got %v", ds)
				}
				return
			}
			if len(ds) > 0 || c.Project.Environment != strings.ReplaceAll(tc.want, " ", "_") {
				t.Errorf("got %q, %v", c.Project.Environment, ds)
			}
		})
	}
}

func TestEnvReadsWhatIsMeantForIt(t *testing.T) {
	vars := map[string]string{
		"SF_A": "1", "SALESFORCE_A": "2", "SIGNALSMITH_A": "3", "DATABRICKS_A": "4", "HOME": "5", "CI_A": "6", "CI_B": "7",
		"SIGNALSMITH_ALLOW_ENV": "CI_A, ,CI_B",
	}
	o := options()
	o.Env = environment(vars)
	for name, want := range map[string]string{
		"SF_A": "", "SALESFORCE_A": "", "SIGNALSMITH_A": "", "DATABRICKS_A": "", "CI_A": "", "CI_B": "",
		"HOME": "may not be read", "CI_C": "may not be read", "": "may not be read", "SF_B": "is not set",
	} {
		t.Run(name, func(t *testing.T) {
			_, ds := config.Load(write(t, map[string]string{"main.hcl": "locals {\n  a = env(\"" + name + "\")\n}\n"}), o)
			switch {
			case want == "" && len(ds) > 0:
				t.Error(ds)
			case want != "" && (len(ds) != 1 || ds[0].Code != "C123" || !strings.Contains(ds[0].Detail, want)):
				t.Error(ds)
			}
		})
	}
}
