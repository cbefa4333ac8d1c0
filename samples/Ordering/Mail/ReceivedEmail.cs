namespace Ordering.Mail;

/// <summary>An e-mail as it lies in the mailbox.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="To">The customer.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Body">The text.</param>
/// <param name="HandledAt">When the handler wrote it; again when it wrote it again.</param>
internal sealed record ReceivedEmail(string Name, string To, string Subject, string Body, DateTimeOffset HandledAt);
