"""What the simulated channels talk about: a table of topics per niche, each with its own title."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A subject and the title that an own channel gave it."""

    name: str
    title: str


def _table(text: str) -> tuple[Topic, ...]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Topic(name.strip(), title.strip()) for name, title in rows)


OCEAN = "ocean science"
MONEY = "history of money"
SPACE = "deep space"

TOPICS: dict[str, tuple[Topic, ...]] = {
    OCEAN: _table("""
spring tides | Why the Sea Rises Highest Two Days After Full Moon
rip currents | The Quiet Patch of Water That Pulls You Out
rogue waves | The Wave That Broke Every Equation
tidal bores | The River That Runs Backwards Twice a Day
bioluminescence | What Makes a Breaking Wave Glow Blue
the thermohaline circulation | One Drop of Water, a Thousand-Year Journey
sea level rise | Why the Ocean Is Not Level
whale falls | What Happens When a Whale Sinks
hydrothermal vents | The Life That Never Needed the Sun
the Bay of Fundy | Sixteen Metres of Tide, Explained by a Bathtub
tsunamis | Why a Tsunami Is Invisible at Sea
plankton blooms | The Green Swirl You Can See from Orbit
the Mariana Trench | Eleven Kilometres Down: What the Pressure Does
coral bleaching | A Reef Losing Its Colour, Day by Day
salt in the sea | Where the Salt Came From
upwelling | Cold Water, Rich Water: How Upwelling Feeds Coasts
the Sargasso Sea | The Only Sea Without a Shore
internal waves | The Giant Waves Beneath the Surface
sea ice | How the Ocean Freezes from the Top
the Gulf Stream | The River in the Atlantic That Warms a Continent
tide tables | Before Computers: The Brass Machine That Predicted Tides
kelp forests | Half a Metre a Day: The Fastest Forest on Earth
the doldrums | Where the Wind Goes to Sleep
amphidromic points | The Spots in the Ocean Where the Tide Stands Still
mangroves | Trees That Breathe at Low Tide
storm surge | It Is Not the Wind That Floods the City
sonar mapping | We Know Mars Better Than Our Seafloor
manganese nodules | Potato-Sized Rocks Worth Arguing Over
krill | The Small Animal That Feeds the Giants
sound in the sea | The Layer That Carries a Whisper Across an Ocean
moon and tides | Two Bulges, One Moon: Tides Without the Myths
seamounts | The Mountains No One Has Climbed
ocean acidification | Why Shells Are Getting Thinner
barnacles | Glue That Sets Under Water
sea foam | What Sea Foam Is Really Made Of
longshore drift | How a Beach Walks Away
fjords | The Fjord That Breathes Once a Year
Antarctic bottom water | The Densest Water in the World Starts Here
octopus camouflage | Colour-Blind and Perfectly Hidden
marine snow | It Snows on the Ocean Floor, Always
El Nino | One Warm Patch, a Year of Strange Weather
swell forecasting | How Surfers Learned to Read Storms
shipwreck reefs | From Wreck to Reef in Ten Years
the twilight zone | The Largest Migration on Earth Happens Every Night
"""),
    MONEY: _table("""
tulip mania | The Tulip Bubble Was Smaller Than You Were Told
double-entry bookkeeping | The Monk Who Taught Merchants to Count Twice
the South Sea bubble | Newton Lost a Fortune Here
tally sticks | The Sticks That Burned Down Parliament
paper money in Song China | The First Paper Money Was a Receipt for Iron
the Medici bank | How a Family Bank Ran Europe, Then Ran Out
the gold standard | Why Countries Chained Themselves to Gold
Bretton Woods | Three Weeks in a Hotel That Fixed the Dollar
Weimar hyperinflation | When a Loaf Cost a Wheelbarrow
the first stock exchange | One Company, One Bridge, the First Share
cowrie shells | The Shell That Bought Half the World
Roman debasement | How Rome Shrank Its Silver Coin to Nothing
the Panic of 1907 | The Night One Banker Locked the Library Door
the Great Debasement | Old Coppernose: The King Whose Coins Told on Him
double coincidence of wants | Barter Never Worked the Way You Think
the Rai stones | The Money That Sank and Was Still Spent
usury laws | How Lending at Interest Stopped Being a Sin
the first credit card | A Forgotten Wallet and a Cardboard Card
the Mississippi Company | The Man Who Sold France Its Own Debt
the Black Friday gold corner | Two Men Tried to Buy All the Gold
insurance at Lloyd's | A Coffee House That Insured the Sea
the penny | Why the Penny Costs More Than a Penny
the Knickerbocker Trust | The Run That Made a Central Bank
compound interest | The Patient Maths That Built Endowments
the euro changeover | Twelve Countries Swapped Coins Overnight
salt and salary | Were Roman Soldiers Paid in Salt?
the Spanish price revolution | Too Much Silver: How Treasure Made Spain Poorer
index funds | The Boring Idea Wall Street Laughed At
the Bank of England | A War, a Loan and a Bank That Never Closed
the Dutch East India Company | The Company That Minted Its Own Coins
the stock ticker | The Machine That Made Prices Run
the Great Crash of 1929 | Five Days in October, Hour by Hour
counterfeiting | The Bank Note Forged by the Government
the ledger of Uruk | The Oldest Writing Is a Receipt for Barley
the shilling | Twelve Pence, Twenty Shillings: The Old Sums
railway mania | Every Town Wanted a Railway, Few Got Their Money Back
war bonds | How Wars Were Sold in Small Notes
the cheque | The Slip of Paper That Ruled for 300 Years
the Kreuger crash | The Match King Who Burned His Investors
petrodollars | Why Oil Is Priced in Dollars
the Templars | The Knights Who Invented the Travel Cheque
pensions | A Pension Used to Be a Gamble on Dying Late
the Suez shares | A Canal Bought on a Dinner-Table Loan
inflation baskets | The Shopping List That Decides Your Wage
"""),
    SPACE: _table("""
Voyager 1 | The Furthest Thing We Ever Made Still Calls Home
neutron stars | A Teaspoon of Star, a Mountain of Weight
the cosmic microwave background | The Oldest Light Is Still Arriving
Europa | An Ocean Under Ice, Far from the Sun
the Oort cloud | Where the Comets Wait
gravitational waves | The Day Space Rang Like a Bell
Betelgeuse | The Star That Dimmed and Fooled Us All
the Great Attractor | Something Is Pulling Our Galaxy
rogue planets | Planets Without a Sunrise
pulsars | The Lighthouse That Was Almost Called Aliens
Titan | Rain of Methane on an Orange Moon
the James Webb mirrors | Eighteen Mirrors That Had to Land as One
black hole shadows | How to Photograph Nothing
the heliopause | Where the Solar Wind Gives Up
Lagrange points | The Parking Spots of Gravity
fast radio bursts | A Thousandth of a Second That Crossed the Universe
Enceladus | The Small Moon That Sprays an Ocean
the Andromeda collision | Two Galaxies, One Slow Crash
magnetars | The Strongest Magnet in the Sky
Oumuamua | The Visitor That Would Not Explain Itself
the Kuiper belt | Past Neptune the Map Gets Crowded
white dwarfs | What Will Be Left of the Sun
Saturn's rings | The Rings Are Younger Than the Dinosaurs
the habitable zone | Not Too Hot, Not Too Cold, Not That Simple
dark matter | The Weight We Cannot See
red giants | When the Sun Swallows Mercury
spectral lines | Reading a Star Like a Barcode
the Pillars of Creation | The Most Famous Dust in the Sky
asteroid Bennu | The Rubble Pile That Almost Swallowed a Probe
Io | Four Hundred Volcanoes and No Air
cosmic inflation | From Smaller Than an Atom to Wider Than a City
gamma ray bursts | The Brightest Seconds Since the Beginning
Proxima b | The Nearest World We Cannot Reach Yet
the Deep Space Network | Three Dishes That Hear Every Probe
Triton | The Moon That Orbits Backwards
the Hubble tension | Two Rulers, Two Universes
supernova 1987A | A Star Died and We Had the Film Ready
the Drake equation | Seven Numbers and a Very Quiet Sky
Olympus Mons | A Volcano You Could Not See the Top Of
the Boötes void | A Hole in the Universe
quasars | Brighter Than a Galaxy, Smaller Than a Solar System
planetary nebulae | The Last Breath of an Ordinary Star
sungrazing comets | Comets That Dive into the Sun
the golden record | Ninety Minutes of Earth, Pressed in Gold
"""),
}

#: How other channels word a topic; `{topic}` stands inside a sentence, `{Topic}` opens one.
ANGLES: tuple[str, ...] = (
    "{Topic}, explained in five minutes",
    "What everyone gets wrong about {topic}",
    "The strange story of {topic}",
    "{Topic}: the part they leave out",
    "I spent a month reading about {topic}",
    "The one chart that explains {topic}",
    "{Topic} in 60 seconds",
    "How we found out about {topic}",
    "Why {topic} still matters",
    "The mystery at the heart of {topic}",
    "{Topic} - a short history",
    "Nobody talks about {topic} any more",
    "Three facts about {topic} I did not expect",
    "A beginner's guide to {topic}",
)


def worded(topic: str, angle: str) -> str:
    """An angle filled with a topic."""
    return angle.format(topic=topic, Topic=topic[0].upper() + topic[1:])
