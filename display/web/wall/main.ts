import { begin } from '../shared/begin'
import Wall from './Wall.svelte'

begin(Wall, 'hall')
