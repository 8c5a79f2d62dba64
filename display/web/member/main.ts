import { begin } from '../shared/begin'
import Member from './Member.svelte'

begin(Member, 'person')
