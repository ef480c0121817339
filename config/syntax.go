package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/signalsmith/signalsmith/config/diag"
)

// maxDepth is how deep brackets may be nested; the parser calls itself once for each.
const maxDepth = 100

// maxNumber is the length of the longest number literal, and the largest exponent.
const maxNumber = 40

// excessive finds what no one writes by hand and what would cost the parser its stack or its memory.
func excessive(src []byte, name string) *diag.Diagnostic {
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	depth := 0
	for _, t := range tokens {
		var detail, label string
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenBang, hclsyntax.TokenMinus:
			if depth++; depth > maxDepth {
				label, detail = "too deep", fmt.Sprintf("Brackets are nested more than %d deep here.", maxDepth)
			}
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenNewline:
			// signs are counted as brackets that never close, within one line
		case hclsyntax.TokenNumberLit:
			if !sane(string(t.Bytes)) {
				label, detail = "too large", fmt.Sprintf("Numbers have at most %d digits, and exponents between -%d and %d.", maxNumber, maxNumber, maxNumber)
			}
		}
		if detail != "" {
			at := t.Range
			return &diag.Diagnostic{Code: "C104", Severity: diag.Error, Subject: &at, Label: label, Detail: detail}
		}
	}
	return nil
}

func sane(number string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	if len(mantissa) > maxNumber+1 {
		return false
	}
	if exponent == "" {
		return true
	}
	n, err := strconv.Atoi(exponent)
	return err == nil && -maxNumber <= n && n <= maxNumber
}

// syntax turns the parser's findings into diagnostics: at most one for a line, since one slip makes several.
func syntax(hd hcl.Diagnostics, name string, src []byte) diag.Diagnostics {
	var ds diag.Diagnostics
	seen := map[int]bool{}
	open := false // a text that is not closed makes a finding of every line that follows
	for _, h := range hd {
		if h.Severity != hcl.DiagError || open && h.Summary == "Invalid multi-line string" {
			continue
		}
		open = open || h.Summary == "Invalid multi-line string"
		at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		if h.Subject != nil {
			at = oneLine(*h.Subject, src)
		}
		if seen[at.Start.Line] {
			continue
		}
		seen[at.Start.Line] = true
		ds = append(ds, slip(h, at, src))
		if heredoc(at, src) {
			break // what follows is its text, read as configuration
		}
	}
	return ds
}

// heredoc tells whether a heredoc begins at a place where a value is not understood: its end is missing.
func heredoc(at hcl.Range, src []byte) bool {
	return at.Start.Byte < len(src) && bytes.HasPrefix(src[at.Start.Byte:], []byte("<<"))
}

// oneLine ends a range with the line it begins on.
func oneLine(at hcl.Range, src []byte) hcl.Range {
	if at.End.Line == at.Start.Line || at.Start.Byte > len(src) {
		return at
	}
	line, _, _ := bytes.Cut(src[at.Start.Byte:], []byte("\n"))
	at.End = at.Start
	at.End.Byte += len(line)
	at.End.Column += max(utf8.RuneCount(line), 1)
	return at
}

// slip explains one finding of the parser.
func slip(h *hcl.Diagnostic, at hcl.Range, src []byte) diag.Diagnostic {
	d := diag.Diagnostic{Code: "C104", Severity: diag.Error, Subject: &at, Label: "not expected here", Detail: h.Detail}
	found := ""
	if at.CanSliceBytes(src) {
		found = string(at.SliceBytes(src))
	}
	switch h.Summary {
	case "Attribute redefined":
		d.Code, d.Label = "C108", "set again"
		d.Detail = fmt.Sprintf("The argument %q is set twice in one block. Remove one of the two.", found)
	case "Unclosed configuration block", "Unclosed configuration body":
		d.Label = "never closed"
		d.Detail = `The block that begins here has no closing brace "}" before the end of the file. A brace may be missing in a block within it, too.`
	case "Argument or block definition required", "Argument definition required":
		d.Label = "neither argument nor block"
		d.Detail = "An argument (name = value) or a block (type \"label\" { ... }) is expected here."
		if found != "" && strings.Trim(found, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" {
			d.Detail = fmt.Sprintf("The word %q stands alone. An argument needs an equals sign and a value (%s = ...), a block its braces (%s { ... }).", found, found, found)
		}
		if strings.HasPrefix(found, "}") {
			d.Label = "closes nothing"
			d.Detail = `This closing brace "}" has no opening brace. Remove it, or look for a block above that is closed too early.`
		}
	case "Invalid argument name":
		d.Label = "in quotes"
		d.Detail = `The names of arguments stand without quotes: name = value. Only the names of mapped fields within fields = { ... } may have quotes.`
	case "Invalid block definition":
		d.Label = "not a block's first line"
		d.Detail = `A block begins with its type, its labels in double quotes, and an opening brace, all on one line: sync "contacts" {`
		if h.Context != nil && h.Context.Start.Byte < at.Start.Byte && h.Context.Start.Line == at.Start.Line {
			at.End, at.Start = at.Start, h.Context.Start
			word, _, _ := strings.Cut(string(at.SliceBytes(src)), " ")
			d.Detail = fmt.Sprintf("An argument has an equals sign (%s = ...). A block begins with its type, its labels in double quotes, and an opening brace, all on one line (%s \"NAME\" {).", word, word)
		}
	case "Invalid single-argument block definition", "Missing newline after block definition":
		d.Label = "a new line is missing"
		d.Detail = "A block on one line holds at most one argument and nothing follows it. Put every argument, every nested block and the closing brace on a line of its own."
	case "Missing newline after argument":
		d.Label = "a new line is missing"
		d.Detail = "The value of the argument has ended before this. One line holds one argument; a text stands in double quotes as a whole."
	case "Invalid multi-line string":
		d.Label = "the text goes on in the next line"
		d.Detail = "A text in double quotes ends on the line it began on. Close it, write \\n for a new line, or use a heredoc for longer texts:\n\n    sql = <<-SQL\n      select ...\n    SQL"
	case "Unterminated template string", "Unterminated string literal":
		d.Label = "the text never ends"
		d.Detail = "The closing mark of the text is missing: a double quote, or for a heredoc (<<-SQL) its word alone on a line."
	case "Unclosed template interpolation sequence", "Extra characters after interpolation expression":
		d.Label = "no closing brace"
		d.Detail = `Within a text, ${ begins an inserted value, which ends with }. For the two characters themselves write $${.`
	case "Invalid template directive", "Invalid template control keyword":
		d.Label = "not a directive"
		d.Detail = `Within a text, %{ begins a directive (%{ if ... }, %{ for ... }). For the two characters themselves, as in a LIKE pattern of SQL, write %%{.`
	case "Invalid character encoding":
		d.Code, d.Label = "C103", "not UTF-8"
		d.Detail = "The file is not UTF-8 text. Save it as UTF-8 in your editor."
	case "Invalid character":
		d.Label = "not a character of the language"
		if strings.HasPrefix(found, "'") {
			d.Label = "single quote"
			d.Detail = `Texts stand in double quotes: "text". Single quotes are for SQL, within a text.`
		}
	case "Invalid expression", "Missing expression":
		d.Label = "no value"
		d.Detail = "A value is expected here: a text in double quotes, a number, true or false, a list in brackets, a reference, or a function call."
		if heredoc(at, src) {
			d.Label = "the heredoc never ends"
			d.Detail = "The text that begins here ends with the word after << alone on a line, and there is no such line."
		}
	case "Missing item separator", "Missing argument separator":
		d.Label = "a comma is missing"
		d.Detail = `Values in brackets or parentheses are separated by commas: ["a", "b"].`
	case "Missing attribute separator":
		d.Label = "a new line is missing"
		d.Detail = "Every field of { ... } stands on a line of its own, or commas stand between them."
	case "Missing key/value separator", "Missing attribute value":
		d.Label = "an equals sign is missing"
		d.Detail = `Within { ... } a name is followed by = and its value. A name with dots or spaces stands in double quotes: "Account.Code__c" = col.account_code`
	}
	return d
}
