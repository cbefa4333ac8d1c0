namespace EventStore.EF.Specification;

/// <summary>An event of the suites, told from its neighbours by a number.</summary>
[Event("specification-numbered")]
public sealed record Numbered(int Number);

/// <summary>An event of the suites with text.</summary>
[Event("specification-noted")]
public sealed record Noted(string Text);

/// <summary>Somebody's type that is no event.</summary>
public sealed record NotAnEvent(string Text);
