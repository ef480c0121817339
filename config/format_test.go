package config_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/config"
)

func TestFormatLaysOutAFile(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"equals signs stand in one column", "a=1\nlong_name   = 2\n", "a         = 1\nlong_name = 2\n"},
		{"blocks are indented", "locals {\na = 1\n}\n", "locals {\n  a = 1\n}\n"},
		{"lines of Windows", "a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"},
		{"a byte order mark", "\ufeffa = 1\n", "a = 1\n"},
		{"a newline at the end", "a = 1", "a = 1\n"},
		{"an empty file", "", ""},
		{"a file of blanks", " \n\n", ""},
		{"heredocs are left alone", "a = <<-X\n      b\n    c\n  X\n", "a = <<-X\n      b\n    c\n  X\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(config.Format([]byte(tc.src))); got != tc.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestFormatDirShowsEveryFileBeforeAndAfter(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": "locals {\na=1\n}\n", "b.hcl": "locals {}\n", "broken.hcl": "locals {\n", "c.txt": "x=1"})
	files, ds := config.FormatDir(dir)
	if len(ds) != 1 || ds[0].Code != "C104" {
		t.Errorf("diagnostics %v", ds)
	}
	if len(files) != 2 || files[0].Name != "a.hcl" || !files[0].Changed() || files[1].Changed() {
		t.Errorf("files %+v", files)
	}
	if _, ds := config.FormatDir(dir + "/none"); len(ds) != 1 || ds[0].Code != "C101" {
		t.Error(ds)
	}
}

func TestFixturesAreFormatted(t *testing.T) {
	for name, src := range fixtures(t, "valid") {
		t.Run(name, func(t *testing.T) {
			once := config.Format([]byte(src))
			if string(once) != src {
				t.Errorf("the fixture is not formatted:\n%s", once)
			}
		})
	}
}

func TestFormattingDoesNotChangeTheMeaning(t *testing.T) {
	untidy := strings.ReplaceAll(strings.ReplaceAll(complete, "  ", " "), " = ", "=")
	tidy := string(config.Format([]byte(untidy)))
	if tidy == untidy {
		t.Fatal("nothing to format")
	}
	if config.Digest(load(t, untidy)) != config.Digest(load(t, tidy)) {
		t.Error("the digest differs")
	}
}

// source draws a text that is HCL more often than not, laid out in any way.
func source(t *rapid.T) string {
	space := rapid.SampledFrom([]string{"", " ", "  ", "\t", " \t "})
	var value func(depth int) string
	value = func(depth int) string {
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds).Draw(t, "value") {
		case 0:
			return fmt.Sprintf("%q", rapid.StringMatching(`[a-zé $%{}#/.]{0,8}`).Draw(t, "text"))
		case 1:
			return rapid.SampledFrom([]string{"1", "-1.5", "1e3", "true", "null"}).Draw(t, "constant")
		case 2:
			return rapid.SampledFrom([]string{"var.a", "col.b", `col["c d"]`, "local.e[0]", "a.*.b", "x[*].y"}).Draw(t, "reference")
		case 3:
			return `"a ${` + value(0) + `} b"`
		case 4:
			return "[" + space.Draw(t, "s") + value(depth-1) + space.Draw(t, "s") + "," + value(depth-1) + "]"
		case 5:
			return "{" + space.Draw(t, "s") + "a" + space.Draw(t, "s") + "=" + value(depth-1) + "}"
		default:
			return "f(" + value(depth-1) + space.Draw(t, "s") + "," + value(depth-1) + ")" + space.Draw(t, "s") + "==" + value(depth-1)
		}
	}
	var b strings.Builder
	var body func(depth int)
	body = func(depth int) {
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			b.WriteString(space.Draw(t, "indent"))
			switch rapid.IntRange(0, 6).Draw(t, "line") {
			case 0:
				b.WriteString(rapid.SampledFrom([]string{"# x", "// y", "/* z */", ""}).Draw(t, "comment"))
			case 1:
				fmt.Fprintf(&b, "h = <<-EOT\n  a ${%s}\n%sb\n  EOT", value(0), space.Draw(t, "s"))
			case 2:
				if depth > 0 {
					fmt.Fprintf(&b, "b%s%q {\n", space.Draw(t, "s"), "l")
					body(depth - 1)
					b.WriteString("}")
				}
			default:
				name := rapid.SampledFrom([]string{"a", "bb", "long_name"}).Draw(t, "name")
				b.WriteString(name + space.Draw(t, "s") + "=" + space.Draw(t, "s") + value(2))
				b.WriteString(rapid.SampledFrom([]string{"", " # c", "  // d"}).Draw(t, "comment"))
			}
			b.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", "\r\n"}).Draw(t, "newline"))
		}
	}
	body(2)
	return b.String()
}

func TestFormattingTwiceIsFormattingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := source(t)
		once := config.Format([]byte(src))
		if twice := config.Format(once); !bytes.Equal(once, twice) {
			t.Fatalf("of\n%s\nonce\n%s\ntwice\n%s", src, once, twice)
		}
	})
}
