package duckdb

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles is how many files one path may expand to.
const maxFiles = 10_000

// expand gives the files that a path of a model means, in order, as full paths without symbolic links. Every one of
// them lies in a directory that the source may read, none is hidden or the state.
func (s *source) expand(p string) ([]string, *fileError) {
	outside := func(detail string) ([]string, *fileError) { return nil, &fileError{code: "M205", detail: detail} }
	lower := strings.ToLower(p)
	switch {
	case p == "":
		return outside("The path is empty.")
	case strings.IndexByte(p, 0) >= 0:
		return outside("The path holds a NUL byte.")
	case strings.Contains(p, "://"), strings.HasPrefix(lower, "file:"):
		return outside(fmt.Sprintf("%s is a URL. A model reads files of this machine only; fetch the file first, or use another source.", p))
	case strings.HasPrefix(p, "~"):
		return outside(fmt.Sprintf("%s starts at somebody's home directory. Name the file by a path that starts at the directory of the configuration, "+
			"or by a full path inside a directory of allow_paths.", p))
	}
	full := absolute(s.dir, p)
	if !globbed(p) || exists(full) {
		if detail := s.judge(p, full); detail != "" {
			return outside(detail)
		}
		real, err := filepath.EvalSymlinks(full)
		if err != nil {
			return nil, s.absent(p, full)
		}
		if info, err := os.Stat(real); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
			return outside(fmt.Sprintf("%s is a device or a pipe, not a file.", p))
		} else if err == nil && info.IsDir() {
			return outside(fmt.Sprintf("%s is a directory. To read the files in it, write %s.", p, strings.TrimRight(p, "/")+"/*.csv"))
		}
		return []string{real}, nil
	}
	return s.glob(p, full)
}

// judge says why a path may not be read, "" where it may: as it is named, and as what it leads to.
func (s *source) judge(shown, full string) string {
	root := inside(s.roots, full)
	if root == "" {
		// A full path may name an allowed directory by a symbolic link.
		if real, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
			if r := inside(s.roots, real); r != "" && filepath.IsAbs(shown) {
				root, full = r, filepath.Join(real, filepath.Base(full))
			}
		}
	}
	if root == "" {
		return fmt.Sprintf("%s lies outside the directories that this source may read: %s. Name its directory in allow_paths.", shown, s.readable())
	}
	if hidden(root, full) {
		return fmt.Sprintf("%s is hidden: a part of its path begins with a dot. A model does not read such files.", shown)
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return ""
	}
	if s.stateful(real) {
		return fmt.Sprintf("%s belongs to a state, which no model reads.", shown)
	}
	realRoot := inside(s.roots, real)
	if realRoot == "" {
		return fmt.Sprintf("%s is a symbolic link that leads outside the directories that this source may read: %s.", shown, s.readable())
	}
	if hidden(realRoot, real) {
		return fmt.Sprintf("%s is a symbolic link that leads to a hidden file.", shown)
	}
	return ""
}

// stateful tells whether a file belongs to a state, under whatever name.
func (s *source) stateful(real string) bool {
	if real == s.state || real == s.state+".wal" || private(real) {
		return true
	}
	state, err := os.Stat(s.state)
	if err != nil {
		return false
	}
	file, err := os.Stat(real)
	return err == nil && os.SameFile(state, file)
}

func (s *source) readable() string {
	shown := []string{"that of the configuration"}
	for _, r := range s.roots[1:] {
		if rel, err := filepath.Rel(s.dir, r); err == nil && len(rel) < len(r) {
			r = rel
		}
		shown = append(shown, r)
	}
	return strings.Join(shown, ", ")
}

// absent is the error for a file that does not exist, with the file that was probably meant.
func (s *source) absent(p, full string) *fileError {
	e := &fileError{code: "M209", detail: fmt.Sprintf("There is no file %s. Relative paths start at the directory of the configuration.", p)}
	entries, err := os.ReadDir(filepath.Dir(full))
	if err != nil {
		return e
	}
	var names []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	e.hints = near(filepath.Base(p), names)
	return e
}

// glob expands a pattern: * and ? and [a-z] within a name, ** for any number of directories, as the engine does.
// Hidden files and directories take no part.
func (s *source) glob(shown, pattern string) ([]string, *fileError) {
	parts := strings.Split(filepath.ToSlash(pattern), "/")
	first := slices.IndexFunc(parts, globbed)
	base := filepath.FromSlash(strings.Join(parts[:first], "/"))
	if base == "" {
		base = string(filepath.Separator)
	}
	if detail := s.judge(shown, base); detail != "" {
		return nil, &fileError{code: "M205", detail: detail}
	}
	real, err := filepath.EvalSymlinks(base)
	if err != nil {
		return nil, &fileError{code: "M209", detail: fmt.Sprintf("No file matches %s: the directory does not exist.", shown)}
	}
	var found []string
	if err := s.match(real, parts[first:], &found); err != nil {
		return nil, &fileError{code: "M205", detail: fmt.Sprintf("%s cannot be expanded: %s.", shown, err)}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) == 0 {
		return nil, &fileError{code: "M209", detail: fmt.Sprintf("No file matches %s. Relative paths start at the directory of the configuration.", shown)}
	}
	return found, nil
}

// match collects the files below a directory that match the parts of a pattern.
func (s *source) match(dir string, parts []string, found *[]string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading a directory: %s", reason(err))
	}
	if parts[0] == "**" {
		if len(parts) > 1 {
			if err := s.match(dir, parts[1:], found); err != nil {
				return err
			}
		}
		for _, e := range entries {
			// The engine, too, does not follow symbolic links below **.
			switch {
			case strings.HasPrefix(e.Name(), "."):
			case e.IsDir():
				if err := s.match(filepath.Join(dir, e.Name()), parts, found); err != nil {
					return err
				}
			case len(parts) == 1 && e.Type().IsRegular():
				if err := s.take(filepath.Join(dir, e.Name()), found); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		ok, err := filepath.Match(strings.ReplaceAll(parts[0], "[!", "[^"), e.Name())
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		full := filepath.Join(dir, e.Name())
		info, err := os.Stat(full)
		switch {
		case err != nil:
			if e.Type()&fs.ModeSymlink == 0 {
				return fmt.Errorf("reading %s: %s", e.Name(), reason(err))
			}
			return fmt.Errorf("%s is a symbolic link that leads nowhere", e.Name())
		case len(parts) > 1 && info.IsDir():
			if detail := s.judge(e.Name(), full); detail != "" {
				return fmt.Errorf("%s", strings.TrimSuffix(detail, "."))
			}
			if err := s.match(full, parts[1:], found); err != nil {
				return err
			}
		case len(parts) == 1 && info.Mode().IsRegular():
			if err := s.take(full, found); err != nil {
				return err
			}
		}
	}
	return nil
}

// take adds a file that a pattern matches. One that may not be read is an error rather than left out: who sees the
// pattern must be able to tell what it reads.
func (s *source) take(full string, found *[]string) error {
	if detail := s.judge(filepath.Base(full), full); detail != "" {
		return fmt.Errorf("%s", strings.TrimSuffix(detail, "."))
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return fmt.Errorf("reading %s: %s", filepath.Base(full), reason(err))
	}
	if len(*found) == maxFiles {
		return fmt.Errorf("it matches more than %d files", maxFiles)
	}
	*found = append(*found, real)
	return nil
}

// inside finds the directory among roots that holds a path, "" where none does.
func inside(roots []string, p string) string {
	best := ""
	for _, r := range roots {
		rel, err := filepath.Rel(r, p)
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) && len(r) > len(best) {
			best = r
		}
	}
	return best
}

// hidden tells whether a part of a path below root begins with a dot.
func hidden(root, p string) bool {
	rel, err := filepath.Rel(root, p)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), func(part string) bool {
		return part != "." && strings.HasPrefix(part, ".")
	})
}

func globbed(p string) bool { return strings.ContainsAny(p, "*?[") }

func exists(p string) bool {
	_, err := os.Lstat(p)
	return err == nil
}

// escaped writes a file's path so that the engine takes no character of it for a pattern.
func escaped(p string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(p)
}
