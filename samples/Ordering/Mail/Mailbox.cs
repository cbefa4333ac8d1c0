using System.Globalization;
using System.Text;

namespace Ordering.Mail;

/// <summary>A folder with one file per e-mail, in place of a mail server.</summary>
internal sealed class Mailbox(TimeProvider clock)
{
    private const string HandledHeader = "X-Handled-At";

    private string? _folder;

    public string Folder => _folder ?? throw new InvalidOperationException("The mailbox is opened when the host starts.");

    public void Open(string folder)
    {
        Directory.CreateDirectory(folder);
        _folder = folder;
    }

    /// <summary>Puts an e-mail into the mailbox, wholly or not at all. One that is there already is replaced.</summary>
    public async Task PutAsync(Email email, CancellationToken ct)
    {
        var file = Path.Combine(Folder, email.FileName);
        var unfinished = Path.ChangeExtension(file, ".tmp");
        await using (var stream = File.Create(unfinished))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Render(email).ReplaceLineEndings("\n")), ct);

            // To the disk before the checkpoint can say that it is there.
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>The names of all e-mails, in the order of their events.</summary>
    public string[] Names()
    {
        var names = Directory.GetFiles(Folder, "*.eml").Select(path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Reads one of <see cref="Names"/>.</summary>
    public async Task<ReceivedEmail> ReadAsync(string name, CancellationToken ct)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, name), ct);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var headers = text[..end].Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(header => header[0], header => header[1]);
        return new(name, headers["To"], headers["Subject"], text[(end + 2)..], DateTimeOffset.Parse(headers[HandledHeader], CultureInfo.InvariantCulture));
    }

    private string Render(Email email) => string.Create(CultureInfo.InvariantCulture,
        $"""
        From: The tea shop <shop@example.org>
        To: {email.To.Name} <{email.To.Email}>
        Subject: {email.Subject}
        Date: {email.Date:R}
        Message-ID: <{email.Position}.{email.OrderId}@example.org>
        {HandledHeader}: {clock.GetUtcNow():O}
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8

        {email.Body}
        """);
}
