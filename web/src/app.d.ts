declare global {
  namespace App {
    interface Error {
      message: string;
      /** What the API called it; `offline` when it could not be reached. */
      code?: string;
      requestId?: string;
    }
    interface PageState {
      /** Cursors of the pages before this one, so that "Previous" can go back. */
      trail?: string[];
    }
  }
}

export {};
