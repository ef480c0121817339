package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

// silent are the codes that no configuration can show by itself: they need a flag, or a file that is not there.
func silent() []diag.Code { return []diag.Code{"C101", "C102", "C103", "C127"} }

// own lists the codes that have a page and belong to the language.
func own() []diag.Code {
	return slices.DeleteFunc(diag.Codes(), func(c diag.Code) bool { return !strings.HasPrefix(string(c), "C") })
}

func TestEveryPageOfTheLanguageHasAnExampleThatGivesItsCode(t *testing.T) {
	fence := regexp.MustCompile("(?s)```hcl main.hcl\n(.*?)```")
	for _, code := range own() {
		t.Run(string(code), func(t *testing.T) {
			page, err := diag.Explain(code)
			if err != nil {
				t.Fatal(err)
			}
			for _, section := range []string{"## Cause\n", "## Fix\n"} {
				if !strings.Contains(page.Text, section) {
					t.Errorf("no section %q", section)
				}
			}
			m := fence.FindStringSubmatch(page.Text)
			if slices.Contains(silent(), code) {
				if m != nil {
					t.Error("an example that cannot be run")
				}
				return
			}
			if m == nil {
				t.Fatal("no example")
			}
			if got := string(config.Format([]byte(m[1]))); got != m[1] && code != "C104" {
				t.Errorf("the example is not formatted:\n%s", got)
			}
			_, ds := config.Load(write(t, map[string]string{"main.hcl": m[1]}), everything())
			if len(ds) != 1 || ds[0].Code != code {
				t.Errorf("the example gives %v", ds)
			}
		})
	}
}

func TestEveryCodeInTheSourceHasAPageAndEveryPageIsUsed(t *testing.T) {
	literal := regexp.MustCompile(`"(C[0-9]{3})"`)
	used := map[diag.Code]bool{}
	for _, dir := range []string{".", "eval", "lang", "schema", "addr"} {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if strings.HasSuffix(p, "_test.go") {
				continue
			}
			src, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range literal.FindAllStringSubmatch(string(src), -1) {
				used[diag.Code(m[1])] = true
			}
		}
	}
	pages := own()
	for code := range used {
		if !slices.Contains(pages, code) {
			t.Errorf("%s has no page", code)
		}
	}
	for _, code := range pages {
		if !used[code] {
			t.Errorf("nothing reports %s", code)
		}
	}
}

func TestEveryCodeHasAFixture(t *testing.T) {
	all := strings.Builder{}
	for _, src := range fixtures(t, "error") {
		all.WriteString(src)
	}
	for _, code := range own() {
		if !slices.Contains(silent(), code) && !strings.Contains(all.String(), string(code)) {
			t.Errorf("no fixture in testdata/config/error shows %s", code)
		}
	}
}
