// The text of ANSWERS.md: one table for each section, one row for each question.

const SAID = { allowed: 'yes', denied: 'no', never: 'never' }
const STACKS = { defaults: 'without parameters', everything: 'everything switched on' }

export function markdown(sections, answers) {
  const counted = answers.length.toLocaleString('en')
  return [
    '# Who may do what',
    '',
    'Written by `infra/checks/iam/run.sh --write`, which asks a policy evaluator, and kept current by `infra/checks/iam/run.sh`.',
    `The ${counted} answers come from the policies of the template, once without parameters and once with everything switched on.`,
    'A question that says neither is asked of both, and has the same answer.',
    '',
    '| answer | meaning |',
    '|---|---|',
    '| yes | A policy allows it. |',
    '| no | No policy allows it. |',
    '| never | A policy forbids it, whatever another one allows. |',
    '',
    'Account `445566778899` is ours, `112233445566` is somebody else\'s; `…` stands for Region and account of ours.',
    '',
    ...sections.flatMap((section) => table(section, answers.filter((one) => one.section === section.title))),
  ].join('\n')
}

function table({ title, about, of, columns, rows }, answers) {
  const role = of === 'roles'
  const heads = [role ? 'to do what' : 'who', 'request', ...columns, 'because']
  return [
    `## ${title}`,
    '',
    // One sentence for each line.
    ...about.trim().split(/(?<=\.) /),
    '',
    line(heads),
    line(heads.map(() => '---')).replaceAll(' ', ''),
    ...rows.map((row) => {
      const found = answers.filter((one) => one.ask === row.ask && [undefined, one.stack].includes(row.stack))
      const stack = row.stack ? ` (${STACKS[row.stack]})` : ''
      return line([row.ask + stack, request(found, role), ...columns.map((column) => cell(found.filter((one) => one.of === column))), row.why])
    }),
    '',
  ]
}

function request(asked, role) {
  const [{ action, resource, given, principal }] = asked
  const same = asked.every((one) => one.resource === resource)
  const on = !role || resource === '*' ? '' : same ? ` on \`${short(resource)}\`` : ' on its own'
  const by = role ? '' : ` by \`${short(principal)}\``
  const keys = Object.entries(given).map(([key, value]) => `\`${key} = ${[value].flat().map(short).join(', ')}\``)
  return `\`${action}\`${on}${by}${keys.length ? ` with ${keys.join(', ')}` : ''}`
}

function short(text) {
  return text.replace(/^(arn:aws:[a-z]+):eu-central-1:445566778899:/, '$1:…:')
}

function cell(answers) {
  const said = [...new Set(answers.map(({ got }) => SAID[got]))].join(' or ')
  const wrong = answers.find(({ ok }) => !ok)
  return wrong ? `**${said}**, expected ${SAID[wrong.expected]}` : said
}

function line(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
