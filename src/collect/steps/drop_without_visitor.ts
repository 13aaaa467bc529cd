import { invalid, step } from './step.ts'

export const dropWithoutVisitor = step(
  'drop_without_visitor',
  'refuses an event that names nobody: it needs anonymous_id, user_id or session_id',
  (event) =>
    event.anonymous_id === undefined &&
    event.user_id === undefined &&
    event.session_id === undefined
      ? invalid('missing_field', 'one of anonymous_id, user_id and session_id is needed')
      : event,
)
