using System.ComponentModel;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>Reads an event without serialization metadata; generated for simple events.</summary>
/// <param name="reader">Positioned at the first token of the event before the call, and at the last one afterwards.</param>
/// <param name="value">The event.</param>
/// <returns>Whether the event was read; if not, System.Text.Json reads it from the beginning, and reports what is wrong.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate bool EventJsonReader(ref Utf8JsonReader reader, out object? value);
