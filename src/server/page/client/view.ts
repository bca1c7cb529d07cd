/** What fills the page at one address. */
export interface View {
  readonly node: HTMLElement;
  /** Of the document. */
  readonly title: string;
  /** Called when there is news. */
  update(): void;
  close(): void;
}
