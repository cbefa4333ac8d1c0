namespace Ordering.Page;

/// <summary>One line of the mailbox.</summary>
internal sealed record EmailView(string Name, string To, string Subject);
