package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Tokens makes opaque tokens for values: equal values look equal, and nothing else can be learned from them without
// the salt, which lives in the state. The zero Tokens has no salt and makes no tokens.
type Tokens struct{ salt []byte }

// NewTokens takes the salt.
func NewTokens(salt []byte) Tokens { return Tokens{salt: slices.Clone(salt)} }

// Of is the token of a value: 8 hex digits.
func (t Tokens) Of(value string) string {
	m := hmac.New(sha256.New, t.salt)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil)[:4])
}

// SetTokens gives the plan what Public needs. The engine calls it.
func (p *Plan) SetTokens(t Tokens) { p.tokens = t }

// Tokens gives what SetTokens was given.
func (p *Plan) Tokens() Tokens { return p.tokens }

// Public is the plan as it may be saved and printed as JSON: every key and value of its samples and rejects is a token. A plan
// that was read from a file is public already.
func (p *Plan) Public() *Plan {
	if p.tokens.salt == nil {
		return p
	}
	out := *p
	out.Why = p.tokens.why(p.Why)
	out.Diagnostics = slices.Clone(p.Diagnostics)
	for i := range out.Diagnostics {
		if d := &out.Diagnostics[i]; len(d.Keys) > 0 && !d.KeysMasked {
			d.Keys, d.KeysMasked = slices.Clone(d.Keys), true
			for j := range d.Keys {
				d.Keys[j] = p.tokens.Of(d.Keys[j])
			}
		}
	}
	out.Items = slices.Clone(p.Items)
	for i := range out.Items {
		samples := slices.Clone(out.Items[i].Samples)
		for j := range samples {
			samples[j] = p.tokens.sample(samples[j])
		}
		out.Items[i].Samples = samples
		out.Items[i].Rejects = p.tokens.rejects(p.Items[i].Rejects)
	}
	return &out
}

// rejects replaces values by tokens.
func (t Tokens) rejects(rejects []Reject) []Reject {
	out := slices.Clone(rejects)
	for i := range out {
		out[i].Values = slices.Clone(out[i].Values)
		for j := range out[i].Values {
			if v := &out[i].Values[j]; !v.Masked {
				v.Value, v.Masked = t.Of(v.Value), true
			}
		}
	}
	return out
}

// sample replaces what is not a token yet.
func (t Tokens) sample(s Sample) Sample {
	if !s.KeyMasked {
		s.Key, s.KeyMasked = t.Of(s.Key), true
	}
	s.Fields = slices.Clone(s.Fields)
	for i := range s.Fields {
		if !s.Fields[i].Masked {
			s.Fields[i] = t.Mask(s.Fields[i])
		}
	}
	return s
}

// Mask replaces a field's values by tokens; null stays null.
func (t Tokens) Mask(f SampleField) SampleField {
	f.Before, f.After, f.Masked = t.of(f.Before), t.of(f.After), true
	return f
}

func (t Tokens) of(s *string) *string {
	if s == nil {
		return nil
	}
	v := t.Of(*s)
	return &v
}
