package thrifttest

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// seed is what xxhash64 begins with in Spark; each argument's hash seeds the next one, and nulls leave it as it is.
const seed = 42

const (
	prime1 uint64 = 0x9E3779B185EBCA87
	prime2 uint64 = 0xC2B2AE3D27D4EB4F
	prime3 uint64 = 0x165667B19E3779F9
	prime4 uint64 = 0x85EBCA77C2B2AE63
	prime5 uint64 = 0x27D4EB2F165667C5
)

// xx64 is XXH64.
func xx64(b []byte, seed uint64) uint64 {
	n := uint64(len(b))
	var h uint64
	if len(b) >= 32 {
		p1 := prime1
		v := [4]uint64{seed + p1 + prime2, seed + prime2, seed, seed - p1}
		for len(b) >= 32 {
			for i := range v {
				v[i] = xxRound(v[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
			b = b[32:]
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) +
			bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*prime1 + prime4
		}
	} else {
		h = seed + prime5
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(b)), 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*prime1, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

func xxRound(acc, x uint64) uint64 {
	return bits.RotateLeft64(acc+x*prime2, 31) * prime1
}

func xxInt(n int32, seed uint64) uint64 {
	return xx64(binary.LittleEndian.AppendUint32(nil, uint32(n)), seed)
}

func xxLong(n int64, seed uint64) uint64 {
	return xx64(binary.LittleEndian.AppendUint64(nil, uint64(n)), seed)
}

// xxValue hashes one value as Spark's xxhash64 does.
func xxValue(v any, h uint64) (uint64, error) {
	switch v := v.(type) {
	case nil:
		return h, nil
	case bool:
		if v {
			return xxInt(1, h), nil
		}
		return xxInt(0, h), nil
	case int8:
		return xxInt(int32(v), h), nil
	case int16:
		return xxInt(int32(v), h), nil
	case int32:
		return xxInt(v, h), nil
	case int64:
		return xxLong(v, h), nil
	case float32:
		if v == 0 {
			v = 0
		}
		return xxInt(int32(math.Float32bits(v)), h), nil
	case float64:
		if v == 0 {
			v = 0 // minus zero is zero
		}
		return xxLong(int64(math.Float64bits(v)), h), nil
	case string:
		return xx64([]byte(v), h), nil
	case []byte:
		return xx64(v, h), nil
	case *big.Int:
		return xxLong(v.Int64(), h), nil
	case duckdb.Decimal:
		if v.Width <= 18 {
			return xxLong(v.Value.Int64(), h), nil
		}
		return xx64(bigBytes(v.Value), h), nil
	case duckdb.Map, duckdb.OrderedMap:
		return 0, fmt.Errorf("[DATATYPE_MISMATCH.HASH_MAP_TYPE] xxhash64 takes no map")
	case []any:
		for _, e := range v {
			var err error
			if h, err = xxValue(e, h); err != nil {
				return 0, err
			}
		}
		return h, nil
	}
	return 0, fmt.Errorf("the DuckDB backend has no xxhash64 of %T", v)
}

// bigBytes is Java's BigInteger.toByteArray.
func bigBytes(n *big.Int) []byte {
	two := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	high := new(big.Int).Rsh(n, 64).Int64()
	return bigEndian(high, two)
}

// xxhash64 is the scalar function: its arguments come in pairs of a type's name and a value, since DuckDB's driver
// gives dates and instants alike.
type xxhash64 struct{ any, long duckdb.TypeInfo }

func (f xxhash64) Config() duckdb.ScalarFuncConfig {
	return duckdb.ScalarFuncConfig{ResultTypeInfo: f.long, VariadicTypeInfo: f.any, SpecialNullHandling: true}
}

func (f xxhash64) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) {
		h := uint64(seed)
		for i := 0; i+1 < len(values); i += 2 {
			v := any(values[i+1])
			if t, ok := v.(time.Time); ok {
				if values[i] == "DATE" {
					v = int32(t.Unix() / 86400)
				} else {
					v = t.UnixMicro()
				}
			}
			var err error
			if h, err = xxValue(v, h); err != nil {
				return nil, err
			}
		}
		return int64(h), nil
	}}
}

// textFunc is a scalar function from one value to text.
type textFunc struct {
	in, out duckdb.TypeInfo
	f       func(driver.Value) string
}

func (f textFunc) Config() duckdb.ScalarFuncConfig {
	return duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{f.in}, ResultTypeInfo: f.out}
}

func (f textFunc) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) {
		if values[0] == nil {
			return nil, nil
		}
		return f.f(values[0]), nil
	}}
}
