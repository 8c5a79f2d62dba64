import { begin } from '../shared/begin'
import Twin from './Twin.svelte'

begin(Twin, 'person')
// The units stand in a dim hall: their lamps and displays are drawn for a dark ground only.
document.documentElement.style.colorScheme = 'dark'
