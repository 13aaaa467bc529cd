import { filtered, step } from './step.ts'

export const dropOptedOut = step(
  'drop_opted_out',
  'leaves out events of browsers that ask not to be tracked, where `privacy_signals` is drop',
  (event, { client }) =>
    client?.privacy === 'nothing'
      ? filtered('privacy_signal', 'the browser sent Sec-GPC: 1 or DNT: 1')
      : event,
)
