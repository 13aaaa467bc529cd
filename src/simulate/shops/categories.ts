/** What the simulated shops sell: categories, what things cost there, and who makes them. */

export interface Category {
  /** Levels separated by a point: `electronics.audio.headphone`. */
  readonly code: string
  readonly department: string
  /** The last level in words: `headphone`. */
  readonly noun: string
  /** The middle price. */
  readonly price: number
  readonly brands: readonly string[]
}

/** Department: [brands, `category:price` ...]. All names of brands are made up. */
const DEPARTMENTS: Readonly<Record<string, readonly [string, string]>> = {
  electronics: [
    'norvik apelo lumix-a senta oriva kite pixon halden',
    `smartphone:290 tablet:240 clocks:110 telephone:35 audio.headphone:65 audio.speaker:80
     audio.subwoofer:190 audio.microphone:60 audio.dictaphone:70 audio.acoustic:160
     audio.music_tools.piano:420 video.tv:380 video.projector:330 camera.photo:460
     camera.video:390 smartwatch:150 ebook_reader:120 drone:410 power_bank:28 charger:16`,
  ],
  computers: [
    'tessel orbyte acerra ludo grafton vanta',
    `notebook:620 desktop:700 ebooks:130 components.cpu:210 components.motherboard:120
     components.memory:70 components.hdd:65 components.ssd:80 components.videocards:340
     components.power_supply:75 components.cooler:35 components.sound_card:90
     peripherals.monitor:190 peripherals.printer:150 peripherals.keyboard:40
     peripherals.mouse:25 peripherals.camera:45 peripherals.joystick:50
     peripherals.scanner:130 network.router:60 network.switch:45 gaming_chair:210`,
  ],
  appliances: [
    'bergholt vesta aurum indra kelvo moerk sonna',
    `kitchen.refrigerators:480 kitchen.washer:360 kitchen.dishwasher:390 kitchen.oven:340
     kitchen.hob:220 kitchen.hood:140 kitchen.microwave:95 kitchen.kettle:28 kitchen.toaster:32
     kitchen.blender:45 kitchen.mixer:60 kitchen.meat_grinder:75 kitchen.coffee_machine:290
     kitchen.coffee_grinder:35 kitchen.juicer:70 kitchen.steam_cooker:55 kitchen.grill:85
     environment.vacuum:160 environment.air_conditioner:420 environment.air_heater:60
     environment.fan:35 environment.water_heater:130 environment.climate:110 iron:42
     ironing_board:38 sewing_machine:170 steam_cleaner:120 personal.hair_cutter:35
     personal.scales:22 personal.massager:50 personal.toothbrush:60`,
  ],
  apparel: [
    'linden marlo fjord kapra solene tornado wexley',
    `shoes:62 shoes.sneakers:74 shoes.sandals:38 shoes.slipons:44 shoes.keds:48
     shoes.moccasins:58 shoes.step_ins:36 shoes.ballet:40 shoes.boots:95 shirt:32 tshirt:18
     trousers:46 jeans:58 shorts:27 skirt:34 dress:52 costume:120 jacket:98 coat:140
     jumper:45 underwear:14 pajamas:26 socks:8 scarf:19 belt:22 glove:17 cap:16`,
  ],
  furniture: [
    'hemstad oakley nordbo casara',
    `living_room.sofa:460 living_room.cabinet:240 living_room.shelving:95 living_room.chair:80
     bedroom.bed:330 bedroom.mattress:260 bedroom.pillow:24 bedroom.blanket:36
     kitchen.table:190 kitchen.chair:62 bathroom.bath:290 bathroom.toilet:150
     universal.light:48 universal.mirror:55`,
  ],
  kids: [
    'bimba toffel juno pipko',
    `toys:24 dolls:28 construction_set:42 carriage:240 swing:85 skates:60 car_seat:140
     bottles:11 diapers:19 fmcg.food:4`,
  ],
  sport: [
    'strada peakline velo-nord runa atleta',
    `bicycle:340 scooter:210 trainer:290 ski:240 snowboard:270 tennis:75 tent:130
     sleeping_bag:70 backpack:55 yoga_mat:26 dumbbell:33 diving:95`,
  ],
  beauty: [
    'runella aveline milva domino-b saphira purelis',
    `skin_care:18 hair_care:14 nail_polish:4 makeup.lipstick:9 makeup.mascara:11
     makeup.powder:13 perfume:58 shaver:65 hair_drier:40 manicure_set:21`,
  ],
  home: [
    'domestica clarion leaf-co brightly',
    `tools.drill:78 tools.saw:95 tools.welding:160 tools.screw:48 tools.generator:320
     garden.lawn_mower:230 garden.cultivator:260 garden.pump:75 lamp:29 tableware:24
     cookware:38 bed_linen:34 towel:13 plant:12`,
  ],
  auto: [
    'motrix carlen roadmaster',
    `accessories.player:110 accessories.alarm:85 accessories.radar:120 accessories.compressor:40
     tyres:88 parts.battery:72 videoregister:65 gps:105`,
  ],
  books: ['harbour quill northlight', 'fiction:12 crime:11 science:24 cooking:19 travel:17'],
}

function categoriesOf(department: string, brands: string, list: string): Category[] {
  return list
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [path = '', price] = entry.split(':')
      const noun = path.split('.').at(-1) as string
      return {
        code: `${department}.${path}`,
        department,
        noun: noun.replaceAll('_', ' '),
        price: Number(price),
        brands: brands.split(' '),
      }
    })
}

export const CATEGORIES: readonly Category[] = Object.freeze(
  Object.entries(DEPARTMENTS).flatMap(([department, [brands, list]]) =>
    categoriesOf(department, brands, list),
  ),
)
