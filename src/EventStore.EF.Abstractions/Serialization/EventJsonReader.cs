using System.ComponentModel;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>A straight-line reader of an event; the generator writes one for simple events.</summary>
/// <param name="reader">Stands at the first token of the event, and afterwards at the last.</param>
/// <param name="value">The event.</param>
/// <returns>Whether the event was read; if not, System.Text.Json reads it from the beginning, and says what is wrong.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate bool EventJsonReader(ref Utf8JsonReader reader, out object? value);
