/** The portal's own accounts, older than Sallyport. The data is invented and lives in memory. */
export interface Order {
  readonly number: string;
  readonly date: string;
  readonly goods: string;
  readonly status: 'delivered' | 'on its way' | 'being packed';
  /** Pence. */
  readonly total: number;
}

export interface Address {
  readonly company: string;
  readonly street: string;
  readonly town: string;
  readonly postcode: string;
}

export interface Customer {
  readonly name: string;
  readonly number: string;
  readonly staff: boolean;
  readonly orders: readonly Order[];
  address: Address;
}

const SAMPLES: readonly Customer[] = [
  {
    name: 'alice',
    number: 'HS-20417',
    staff: false,
    orders: [
      { number: '88121', date: '2004-03-02', goods: 'Manila rope, 24 mm, 200 m', status: 'delivered', total: 31_840 },
      {
        number: '88190',
        date: '2004-03-19',
        goods: 'Brass cleats, 8 inch, 12 pieces',
        status: 'on its way',
        total: 14_376,
      },
      {
        number: '88214',
        date: '2004-03-26',
        goods: 'Storm lanterns, galvanised, 6 pieces',
        status: 'being packed',
        total: 9_270,
      },
    ],
    address: { company: 'Northquay Chandlers', street: '4 Ropewalk', town: 'Whitby', postcode: 'YO21 3PR' },
  },
  {
    name: 'bob',
    number: 'HS-20533',
    staff: false,
    orders: [
      { number: '88102', date: '2004-02-27', goods: 'Tarpaulin, waxed, 6 × 4 m', status: 'delivered', total: 12_600 },
      { number: '88207', date: '2004-03-24', goods: 'Ship’s biscuit, 40 tins', status: 'being packed', total: 7_960 },
    ],
    address: { company: 'Bell Island Ferries', street: '1 Pier Head', town: 'Oban', postcode: 'PA34 4LW' },
  },
  {
    name: 'admin',
    number: 'STAFF-001',
    staff: true,
    orders: [],
    address: { company: 'Harbour & Sons', street: '17 Customs House Lane', town: 'Bristol', postcode: 'BS1 4RW' },
  },
];

/** A fresh set of the sample accounts, by the name that the assertion carries. */
export function sampleCustomers(): ReadonlyMap<string, Customer> {
  return new Map(SAMPLES.map((customer) => [customer.name, { ...customer }]));
}

/** 31840 → `£318.40`. */
export function pounds(pence: number): string {
  return `£${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`;
}
