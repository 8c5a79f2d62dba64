import { begin } from '../shared/begin'
import Officer from './Officer.svelte'

begin(Officer, 'person')
