import { defineConfig, mergeConfig } from 'vite'
import pages from '../vite.config'
import { recordedHall } from './recorded_hall'

/** The built pages, or the sources, on recorded feeds: `/wall?scene=open`. Never part of `dist`. */
export default mergeConfig(pages, defineConfig({ appType: 'mpa', plugins: [recordedHall()] }))
