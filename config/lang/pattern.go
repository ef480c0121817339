package lang

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Regexp is a regular expression that RE2 and Java read alike.
type Regexp struct {
	Groups   int  // how many groups it captures
	Nullable bool // it matches an empty text
	tree     *syntax.Regexp
}

// ParsePattern reads a regular expression in the syntax of RE2 and refuses what the engines disagree on: why
// is a sentence that says it.
func ParsePattern(src string) (re *Regexp, why string) {
	tree, err := syntax.Parse(src, syntax.Perl)
	if err != nil {
		var bad *syntax.Error
		if errors.As(err, &bad) {
			return nil, fmt.Sprintf("The pattern cannot be read: %s, at %q.", bad.Code, bad.Expr)
		}
		return nil, "The pattern cannot be read."
	}
	if why := disagreement(tree); why != "" {
		return nil, why
	}
	return &Regexp{Groups: tree.MaxCap(), Nullable: nullable(tree), tree: tree}, ""
}

// disagreement says what engines read differently.
func disagreement(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine:
		return "The flag (?m) is not available: the engines disagree on what ends a line. ^ and $ stand for the ends of the text."
	case syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return `\b and \B are not available: the engines disagree on which letters make a word. Write out what may stand there, as in (^|[^0-9A-Za-z]).`
	case syntax.OpNoMatch:
		return "The pattern contains a class that no character belongs to."
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		if nullable(re.Sub[0]) {
			return "Something that may be empty is repeated, as in (a*)*, on which the engines disagree. Let each repetition take at least one character."
		}
	}
	for _, sub := range re.Sub {
		if why := disagreement(sub); why != "" {
			return why
		}
	}
	return ""
}

// nullable tells whether an expression matches an empty text.
func nullable(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary,
		syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCapture, syntax.OpPlus:
		return nullable(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || nullable(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return !nullable(s) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, nullable)
	}
	return false
}

// Repeated tells whether a group stands within a repetition, where the engines disagree on what it last held.
func (r *Regexp) Repeated(group int) bool {
	var find func(re *syntax.Regexp, within bool) bool
	find = func(re *syntax.Regexp, within bool) bool {
		if re.Op == syntax.OpCapture && re.Cap == group {
			return within
		}
		within = within || re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat
		return slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return find(s, within) })
	}
	return find(r.tree, false)
}

// Print writes the expression so that RE2 and Java match the same. Only the groups in keep capture; they are counted
// from 1 in the order of their numbers.
func (r *Regexp) Print(keep ...int) string {
	p := printer{keep: keep}
	p.print(r.tree)
	return p.b.String()
}

type printer struct {
	b    strings.Builder
	keep []int
}

func (p *printer) print(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		p.b.WriteString("(?:)")
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			p.literal(r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		p.class(re.Rune)
	case syntax.OpAnyCharNotNL:
		p.b.WriteString(`[^\x{a}]`)
	case syntax.OpAnyChar:
		p.b.WriteString(`(?s:.)`)
	case syntax.OpBeginText:
		p.b.WriteString(`\A`)
	case syntax.OpEndText:
		p.b.WriteString(`\z`)
	case syntax.OpCapture:
		p.group(re.Sub[0], slices.Contains(p.keep, re.Cap))
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		p.group(re.Sub[0], false)
		p.b.WriteString(times(re))
	case syntax.OpConcat:
		for _, s := range re.Sub {
			p.print(s)
		}
	case syntax.OpAlternate:
		p.b.WriteString("(?:")
		for i, s := range re.Sub {
			if i > 0 {
				p.b.WriteByte('|')
			}
			p.print(s)
		}
		p.b.WriteByte(')')
	}
}

// group writes brackets around an expression; a single character needs none.
func (p *printer) group(re *syntax.Regexp, capture bool) {
	one := re.Op == syntax.OpCharClass || re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL || re.Op == syntax.OpLiteral && len(re.Rune) == 1
	switch {
	case capture:
		p.b.WriteByte('(')
	case one:
		p.print(re)
		return
	default:
		p.b.WriteString("(?:")
	}
	p.print(re)
	p.b.WriteByte(')')
}

func times(re *syntax.Regexp) string {
	s := map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}[re.Op]
	if re.Op == syntax.OpRepeat {
		switch re.Max {
		case re.Min:
			s = fmt.Sprintf("{%d}", re.Min)
		case -1:
			s = fmt.Sprintf("{%d,}", re.Min)
		default:
			s = fmt.Sprintf("{%d,%d}", re.Min, re.Max)
		}
	}
	if re.Flags&syntax.NonGreedy != 0 {
		s += "?"
	}
	return s
}

// literal writes one character; where case does not count, as the class of its forms.
func (p *printer) literal(r rune, fold bool) {
	if fold {
		forms := []rune{r}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			forms = append(forms, f)
		}
		if len(forms) > 1 {
			slices.Sort(forms)
			p.b.WriteByte('[')
			for _, f := range forms {
				p.member(f)
			}
			p.b.WriteByte(']')
			return
		}
	}
	switch {
	case strings.ContainsRune(`\.+*?()|[]{}^$`, r):
		p.b.WriteByte('\\')
		p.b.WriteRune(r)
	case !unicode.IsPrint(r):
		p.code(r)
	default:
		p.b.WriteRune(r)
	}
}

// class writes pairs of the first and the last character of ranges.
func (p *printer) class(ranges []rune) {
	p.b.WriteByte('[')
	if n := len(ranges); n > 2 && ranges[0] == 0 && ranges[n-1] == unicode.MaxRune {
		p.b.WriteByte('^')
		gaps := make([]rune, 0, n-2)
		for i := 1; i < n-1; i += 2 {
			gaps = append(gaps, ranges[i]+1, ranges[i+1]-1)
		}
		ranges = gaps
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		p.member(ranges[i])
		if ranges[i+1] > ranges[i] {
			p.b.WriteByte('-')
			p.member(ranges[i+1])
		}
	}
	p.b.WriteByte(']')
}

func (p *printer) member(r rune) {
	if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		p.b.WriteRune(r)
		return
	}
	p.code(r)
}

func (p *printer) code(r rune) { p.b.WriteString(`\x{` + strconv.FormatInt(int64(r), 16) + `}`) }

// Piece is a part of a replacement: a text, or what a group matched.
type Piece struct {
	Text  string
	Group int // -1 for a text; 0 is all that matched
}

// ParseReplacement reads the replacement of a pattern with so many groups: $0 to $9 stand for what was matched, $$ for
// a dollar. Where it cannot be read, why is a sentence.
func ParseReplacement(s string, groups int) (out []Piece, why string) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, Piece{Text: text.String(), Group: -1})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '$' {
			text.WriteByte(s[i])
			continue
		}
		i++
		switch {
		case i < len(s) && s[i] == '$':
			text.WriteByte('$')
		case i < len(s) && s[i] >= '0' && s[i] <= '9':
			g := int(s[i] - '0')
			if g > groups {
				return nil, fmt.Sprintf("The replacement names group $%d, and the pattern has %d.", g, groups)
			}
			flush()
			out = append(out, Piece{Group: g})
		default:
			return nil, "In a replacement, $ is followed by the number of a group (0 to 9), or by $ for a dollar."
		}
	}
	flush()
	return out, ""
}
