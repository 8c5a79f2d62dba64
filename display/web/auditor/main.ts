import { begin } from '../shared/begin'
import Auditor from './Auditor.svelte'

begin(Auditor, 'person')
