public import Deadlines
public import Ledger

// The pure schedule, seen from the store.
extension Schedule: StepClock {}
