package databricks

import "encoding/binary"

// Types of Thrift's binary protocol, as far as they are looked at.
const (
	thriftBool   = 2
	thriftI32    = 8
	thriftI64    = 10
	thriftString = 11
	thriftStruct = 12
	thriftList   = 15
)

// reply is what an answer of the service says about a result, and what the driver does not pass on.
type reply struct {
	handle []byte // of the operation, as the server wrote it; nil where there is none
	page   bool   // it carries a page of a result
	start  int64  // number of the page's first row
	rows   int64  // that the server says are in the page
	more   bool   // pages follow
	closed bool   // the operation is over
}

// method reads the name of the method of a message, "" where it is none.
func method(message []byte) string {
	c := cursor{b: message}
	if c.i32()>>16 != 0x8001 {
		return ""
	}
	return string(c.bytes())
}

// readReply reads the answer to ExecuteStatement or FetchResults. What it does not understand it leaves out.
func readReply(message []byte) (r reply) {
	c := cursor{b: message}
	if c.i32() != 0x80010002 {
		return r
	}
	name := string(c.bytes())
	c.i32()
	c.each(func(id int16, typ byte) bool {
		if id != 0 || typ != thriftStruct {
			return false
		}
		switch name {
		case "ExecuteStatement":
			c.executed(&r)
		case "FetchResults":
			c.page(&r)
		default:
			return false
		}
		return true
	})
	if c.bad {
		return reply{}
	}
	return r
}

// executed reads TExecuteStatementResp.
func (c *cursor) executed(r *reply) {
	c.each(func(id int16, typ byte) bool {
		switch {
		case id == 2 && typ == thriftStruct:
			from := c.at
			c.skip(thriftStruct)
			if !c.bad {
				r.handle = c.b[from:c.at]
			}
		case id == 1281 && typ == thriftStruct: // TSparkDirectResults
			c.each(func(id int16, typ byte) bool {
				switch {
				case id == 3 && typ == thriftStruct:
					c.page(r)
					return true
				case id == 4:
					r.closed = true
				}
				return false
			})
		default:
			return false
		}
		return true
	})
}

// page reads TFetchResultsResp.
func (c *cursor) page(r *reply) {
	c.each(func(id int16, typ byte) bool {
		switch {
		case id == 2 && typ == thriftBool:
			r.more = c.u8() != 0
		case id == 3 && typ == thriftStruct: // TRowSet
			r.page = true
			c.each(func(id int16, typ byte) bool {
				if id == 1 && typ == thriftI64 {
					r.start = c.i64()
					return true
				}
				if id != 1281 && id != 1282 || typ != thriftList {
					return false
				}
				count := int16(2) // TSparkArrowBatch.rowCount; of TSparkArrowResultLink it is the fourth field
				if id == 1282 {
					count = 4
				}
				c.u8()
				for range c.i32() {
					c.each(func(id int16, typ byte) bool {
						if id != count || typ != thriftI64 {
							return false
						}
						r.rows += c.i64()
						return true
					})
					if c.bad {
						break
					}
				}
				return true
			})
		default:
			return false
		}
		return true
	})
}

// operationCall is a message that names an operation: CancelOperation or CloseOperation.
func operationCall(method string, handle []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, 0x80010001)
	b = binary.BigEndian.AppendUint32(b, uint32(len(method)))
	b = append(b, method...)
	b = append(b, 0, 0, 0, 1)                             // sequence number
	b = append(b, thriftStruct, 0, 1, thriftStruct, 0, 1) // arguments: the request: the handle
	b = append(b, handle...)
	return append(b, 0, 0)
}

// cursor reads Thrift's binary protocol without copying: results are large, and little of them is looked at.
type cursor struct {
	b   []byte
	at  int
	bad bool // the message ended before it was complete
}

func (c *cursor) take(n int) []byte {
	if n < 0 || c.bad || n > len(c.b)-c.at {
		c.bad = true
		return nil
	}
	c.at += n
	return c.b[c.at-n : c.at]
}

func (c *cursor) u8() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) i16() int16 {
	if b := c.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) i32() uint32 {
	if b := c.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) i64() int64 {
	if b := c.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (c *cursor) bytes() []byte { return c.take(int(c.i32())) }

// each reads a struct; f reads a field and reports true, or leaves it.
func (c *cursor) each(f func(id int16, typ byte) bool) {
	for !c.bad {
		typ := c.u8()
		if typ == 0 {
			return
		}
		if id := c.i16(); !f(id, typ) {
			c.skip(typ)
		}
	}
}

// skip passes over a value.
func (c *cursor) skip(typ byte) {
	switch typ {
	case thriftBool, 3:
		c.take(1)
	case 6:
		c.take(2)
	case thriftI32:
		c.take(4)
	case 4, thriftI64:
		c.take(8)
	case thriftString:
		c.bytes()
	case thriftStruct:
		c.each(func(int16, byte) bool { return false })
	case 13: // map
		key, val := c.u8(), c.u8()
		for n := c.i32(); n > 0 && !c.bad; n-- {
			c.skip(key)
			c.skip(val)
		}
	case 14, thriftList: // set
		elem := c.u8()
		for n := c.i32(); n > 0 && !c.bad; n-- {
			c.skip(elem)
		}
	default:
		c.bad = true
	}
}
