"""The function that walks through blocks of lanes, parts of a program, periods and pieces: the same for every deal.

A *call* is four whole numbers: the piece, where its numbers of the period begin, its constant numbers, its places. A *part* is
seven: its calls, how many, the first period, the last, the step, the numbers of the periods, their stride. A *copy* is six:
an array, the stride of its rows, how many rows, where they stand here, the stride there, in a column (1) or the workspace (0).
Strides and places are in bytes.
"""

from __future__ import annotations

_FIELD = """
define internal i64 @field(ptr %base, i64 %n) alwaysinline {
  %where = getelementptr i64, ptr %base, i64 %n
  %found = load i64, ptr %where, align 8
  ret i64 %found
}
define internal ptr @pointer(ptr %base, i64 %n) alwaysinline {
  %number = call i64 @field(ptr %base, i64 %n)
  %found = inttoptr i64 %number to ptr
  ret ptr %found
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""

_COPY = """
define internal void @copy(ptr %copies, i64 %count, ptr %w, ptr %columns, i64 %block, i64 %bytes, i64 %out) {
entry:
  %none = icmp eq i64 %count, 0
  br i1 %none, label %done, label %each
each:
  %n = phi i64 [0, %entry], [%n2, %over]
  %at = mul i64 %n, 6
  %one = getelementptr i64, ptr %copies, i64 %at
  %array = call ptr @pointer(ptr %one, i64 0)
  %wide = call i64 @field(ptr %one, i64 1)
  %rows = call i64 @field(ptr %one, i64 2)
  %place = call i64 @field(ptr %one, i64 3)
  %step = call i64 @field(ptr %one, i64 4)
  %kind = call i64 @field(ptr %one, i64 5)
  %isw = icmp eq i64 %kind, 0
  %base = select i1 %isw, ptr %w, ptr %columns
  %here = getelementptr i8, ptr %base, i64 %place
  %skip = mul i64 %block, %bytes
  %there = getelementptr i8, ptr %array, i64 %skip
  br label %row
row:
  %r = phi i64 [0, %each], [%r2, %row]
  %a = mul i64 %r, %wide
  %b = mul i64 %r, %step
  %outside = getelementptr i8, ptr %there, i64 %a
  %inside = getelementptr i8, ptr %here, i64 %b
  %isout = icmp eq i64 %out, 1
  %to = select i1 %isout, ptr %outside, ptr %inside
  %from = select i1 %isout, ptr %inside, ptr %outside
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %bytes, i1 false)
  %r2 = add i64 %r, 1
  %again = icmp ult i64 %r2, %rows
  br i1 %again, label %row, label %over
over:
  %n2 = add i64 %n, 1
  %more = icmp ult i64 %n2, %count
  br i1 %more, label %each, label %done
done:
  ret void
}
"""

_PART = """
define internal void @part(ptr %p, ptr %w, ptr %columns, ptr %lists, i64 %lanes, i64 %stride, i64 %last) {
entry:
  %calls = call ptr @pointer(ptr %p, i64 0)
  %count = call i64 @field(ptr %p, i64 1)
  %first = call i64 @field(ptr %p, i64 2)
  %end = call i64 @field(ptr %p, i64 3)
  %step = call i64 @field(ptr %p, i64 4)
  %numbers = call ptr @pointer(ptr %p, i64 5)
  %wide = call i64 @field(ptr %p, i64 6)
  %none = icmp eq i64 %count, 0
  br i1 %none, label %done, label %period
period:
  %t = phi i64 [%first, %entry], [%t2, %over]
  %a = mul i64 %t, %stride
  %now = getelementptr i8, ptr %columns, i64 %a
  %b = mul i64 %t, %wide
  %told = getelementptr i8, ptr %numbers, i64 %b
  br label %piece
piece:
  %k = phi i64 [0, %period], [%k2, %piece]
  %at = mul i64 %k, 4
  %one = getelementptr i64, ptr %calls, i64 %at
  %f = call ptr @pointer(ptr %one, i64 0)
  %begin = call i64 @field(ptr %one, i64 1)
  %constants = call ptr @pointer(ptr %one, i64 2)
  %places = call ptr @pointer(ptr %one, i64 3)
  %tables = getelementptr i8, ptr %told, i64 %begin
  call void %f(ptr %w, ptr %now, ptr %columns, ptr %tables, ptr %constants, ptr %places, ptr %lists, i64 %lanes,
               i64 %stride, i64 %last)
  %k2 = add i64 %k, 1
  %same = icmp ult i64 %k2, %count
  br i1 %same, label %piece, label %over
over:
  %t2 = add i64 %t, %step
  %ended = icmp eq i64 %t, %end
  br i1 %ended, label %done, label %period
done:
  ret void
}
"""

_DRIVE = """
define void @drive(ptr %parts, i64 %count, ptr %in, i64 %ins, ptr %out, i64 %outs, ptr %w, ptr %columns, ptr %lists,
                   i64 %lanes, i64 %stride, i64 %last, i64 %from, i64 %to) {
entry:
  %bytes = mul i64 %lanes, 8
  %none = icmp eq i64 %from, %to
  br i1 %none, label %done, label %block
block:
  %n = phi i64 [%from, %entry], [%n2, %over]
  call void @copy(ptr %in, i64 %ins, ptr %w, ptr %columns, i64 %n, i64 %bytes, i64 0)
  %empty = icmp eq i64 %count, 0
  br i1 %empty, label %over, label %one
one:
  %k = phi i64 [0, %block], [%k2, %one]
  %at = mul i64 %k, 7
  %p = getelementptr i64, ptr %parts, i64 %at
  call void @part(ptr %p, ptr %w, ptr %columns, ptr %lists, i64 %lanes, i64 %stride, i64 %last)
  %k2 = add i64 %k, 1
  %more = icmp ult i64 %k2, %count
  br i1 %more, label %one, label %over
over:
  call void @copy(ptr %out, i64 %outs, ptr %w, ptr %columns, i64 %n, i64 %bytes, i64 1)
  %n2 = add i64 %n, 1
  %ended = icmp eq i64 %n2, %to
  br i1 %ended, label %done, label %block
done:
  ret void
}
"""

DRIVER = _FIELD + _COPY + _PART + _DRIVE
