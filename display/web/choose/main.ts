import { begin } from '../shared/begin'
import Choose from './Choose.svelte'

begin(Choose, 'person')
