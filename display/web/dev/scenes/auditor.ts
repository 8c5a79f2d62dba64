import type { Scene } from '.'
import { CHECKPOINT, CHOICES, t, view } from './hall'
import { declared, law } from './results'

const LOG = {
  size: 1800,
  root: 'afc4261a0990d6f3f4a0ee73e252906f99bd702da6ed54346fb9f49b66ea578c',
  checkpoint: CHECKPOINT,
  vkey: 'dienhong.example/hall/2026+1a2b3c4d+AZl0S2dQm4p8rT6u9x2c5v8b1n4m7k0j3h6g9f2d5s8a',
}

export const auditorScenes: Readonly<Record<string, Scene>> = {
  'auditor-votes': {
    page: 'auditor',
    view: () =>
      view({
        role: 'auditor',
        log: LOG,
        votes: [
          declared,
          law,
          {
            id: '2019-06-03-pm.3',
            title: t('Khoản 5 Điều 5', 'Article 5, clause 5'),
            item: t(
              'Dự thảo Luật Phòng, chống tác hại của rượu, bia',
              'Draft law on preventing the harm of alcohol',
            ),
            heading: t('LẤY Ý KIẾN', 'POLL'),
            choices: CHOICES,
            round: 1,
            phase: 'open',
          },
        ],
      }),
  },
  'auditor-empty': { page: 'auditor', view: () => view({ role: 'auditor', votes: [] }) },
  'auditor-signed-out': { page: 'auditor', view: () => view(), line: 'signed_out' },
}
