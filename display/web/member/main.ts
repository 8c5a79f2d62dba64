import { begin } from '../shared/begin'
import Member from './Member.svelte'

begin(Member, 'person')

// Without it a phone without a line shows the browser's own error; it keeps nothing (public/member-sw.js).
if ('serviceWorker' in navigator)
  void navigator.serviceWorker.register('/member-sw.js', { scope: '/member' })
