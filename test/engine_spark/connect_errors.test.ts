/** What Spark tells of its errors, from the words on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, toBinary } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { isBroken, sparkError, toldBy } from '../../src/engine/spark/connect/error_details.ts'
import { ErrorInfoSchema } from '../../src/engine/spark/connect/generated/error_details_pb.ts'

/** As it comes from a server: the details packed, the status among the headers. */
function answered(code: Code, message: string, metadata: Record<string, string>): ConnectError {
  const error = new ConnectError(message, code, { 'grpc-status': String(code) })
  const value = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { metadata }))
  error.details = [{ type: 'google.rpc.ErrorInfo', value }]
  return error
}

test('class, state and parameters come with the error, the rest is what the server kept', () => {
  const told = toldBy(
    answered(Code.Internal, '[TABLE_OR_VIEW_NOT_FOUND] The table …', {
      errorId: 'e1',
      errorClass: 'TABLE_OR_VIEW_NOT_FOUND',
      sqlState: '42P01',
      messageParameters: '{"relationName":"`x`"}',
    }),
  )
  assert.equal(told.errorId, 'e1')
  const { kind, errorClass, sqlState, parameters, message } = sparkError(told)
  assert.deepEqual(
    [kind, errorClass, sqlState, parameters, message],
    [
      'failed',
      'TABLE_OR_VIEW_NOT_FOUND',
      '42P01',
      { relationName: '`x`' },
      '[TABLE_OR_VIEW_NOT_FOUND] The table …',
    ],
  )

  const full = sparkError(told, {
    rootErrorIdx: 0,
    errors: [
      { message: 'outer', causeIdx: 1, sparkThrowable: { errorClass: 'OUTER', sqlState: '1' } },
      { message: 'inner', causeIdx: 2, errorTypeHierarchy: ['java.io.IOException', 'Exception'] },
      // A circle would have no end.
      { message: 'circle', causeIdx: 1, errorTypeHierarchy: ['E'] },
    ],
  })
  assert.deepEqual([full.message, full.errorClass, full.sqlState], ['outer', 'OUTER', '1'])
  assert.deepEqual(full.causes, ['java.io.IOException: inner', 'E: circle'])
})

test('parameters that the server cut are left out, a class that it left out is in the message', () => {
  const told = toldBy(answered(Code.Internal, '[A.B] told', { messageParameters: '{"a":"b' }))
  assert.deepEqual([told.errorClass, told.parameters], ['A.B', {}])
})

test('each error says what a program can do about it', () => {
  const byClass: readonly (readonly [string, string])[] = [
    ['INVALID_HANDLE.SESSION_CHANGED', 'session_lost'],
    ['INVALID_HANDLE.SESSION_CLOSED', 'session_lost'],
    ['INVALID_HANDLE.OPERATION_NOT_FOUND', 'operation_lost'],
    ['INVALID_HANDLE.OPERATION_ABANDONED', 'operation_lost'],
    ['INVALID_CURSOR.POSITION_NOT_AVAILABLE', 'operation_lost'],
    ['OPERATION_CANCELED', 'interrupted'],
    ['UNRESOLVED_COLUMN.WITH_SUGGESTION', 'failed'],
  ]
  for (const [errorClass, kind] of byClass) {
    const told = toldBy(answered(Code.Internal, 'told', { errorClass }))
    assert.equal(sparkError(told).kind, kind)
  }
  const byCode: readonly (readonly [Code, string])[] = [
    [Code.Unauthenticated, 'credentials'],
    [Code.PermissionDenied, 'credentials'],
    [Code.Unimplemented, 'protocol'],
    [Code.ResourceExhausted, 'too_large'],
    [Code.Unavailable, 'unreachable'],
  ]
  for (const [code, kind] of byCode) {
    assert.equal(sparkError(toldBy(answered(code, 'told', {}))).kind, kind)
  }
  assert.match(sparkError(toldBy(answered(Code.Unknown, '', {}))).message, /Unknown/)
  assert.equal(sparkError(toldBy(new Error('no protobuf'))).kind, 'protocol')
})

test('what the connection did is tried again, what the server refused is not', () => {
  const broken = [
    new ConnectError('connect ECONNREFUSED', Code.Unavailable),
    new ConnectError('read ECONNRESET', Code.Aborted),
    new ConnectError('http/2 stream closed with error code CANCEL (0x8)', Code.Canceled),
    new ConnectError('protocol error: promised 9 bytes, got 1', Code.InvalidArgument),
    answered(Code.Unavailable, 'starting', {}),
    answered(Code.Internal, 'lost', { errorClass: 'INVALID_CURSOR.DISCONNECTED' }),
  ]
  for (const error of broken) assert.ok(isBroken(toldBy(error)), error.message)
  const whole = [
    answered(Code.Internal, 'refused', { errorClass: 'PARSE_SYNTAX_ERROR' }),
    answered(Code.Unauthenticated, 'no token', {}),
    new ConnectError('the operation timed out', Code.DeadlineExceeded),
    new ConnectError('message size is larger', Code.ResourceExhausted),
    new ConnectError('serialize binary: not a number', Code.Internal),
  ]
  for (const error of whole) assert.ok(!isBroken(toldBy(error)), error.message)
})
