package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
)

// JSON writes a document as one object with a line end. What a terminal could mistake for a command is escaped, so
// that the output is safe to look at.
func JSON(w io.Writer, document any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(document); err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	_, err := w.Write(Harmless(b.Bytes()))
	return err
}

// Harmless escapes in JSON what a terminal could mistake for a command.
func Harmless(raw []byte) []byte {
	if !bytes.ContainsFunc(raw, func(r rune) bool { return r != '\n' && words.Unsafe(r) }) {
		return raw
	}
	var out bytes.Buffer
	out.Grow(len(raw))
	for _, r := range string(raw) {
		switch {
		case r == '\n' || !words.Unsafe(r):
			out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		}
	}
	return out.Bytes()
}
