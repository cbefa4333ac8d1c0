using System.Reflection;
using System.Text;
using CsCheck;
using EventStore.EF.Errors;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Tests.Errors;

public sealed class ErrorTextTests
{
    private static readonly Gen<char> OddCharacter = Gen.OneOf(
        Gen.Char, Gen.Const('\0'), Gen.Const('\uFFFF'), Gen.Const('\uFFFE'), Gen.Int[0xD800, 0xDFFF].Select(value => (char)value), Gen.Char['a', 'z']);

    [Fact]
    public void Any_text_becomes_one_that_every_database_keeps()
        => Gen.OneOf(OddCharacter.Array[0, 50], OddCharacter.Array[ErrorText.MostCharacters - 3, ErrorText.MostCharacters + 10])
            .Select(characters => new string(characters))
            .Sample(text =>
            {
                var kept = ErrorText.Keepable(text);
                var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
                return kept.Length <= ErrorText.MostCharacters
                    && !kept.Contains('\0', StringComparison.Ordinal)
                    && strict.GetString(strict.GetBytes(kept)) == kept
                    && ErrorText.Keepable(kept) == kept;
            });

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("x\0", "x\uFFFD")]
    [InlineData("😀", "😀")]
    public void What_can_not_be_kept_is_replaced_and_the_rest_stays(string text, string kept) => Assert.Equal(kept, ErrorText.Keepable(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced()
    {
        // Not as an attribute's arguments, which are kept as UTF-8.
        Assert.Equal("a\uFFFDb", ErrorText.Keepable("a\uD800b"));
        Assert.Equal("\uFFFD\uFFFD", ErrorText.Keepable("\uDC00\uD800"));
    }

    [Fact]
    public void A_text_of_a_megabyte_is_cut_and_says_so()
    {
        var kept = ErrorText.Describe(new InvalidOperationException(new string('x', 1 << 20)));
        Assert.Equal(ErrorText.MostCharacters, kept.Length);
        Assert.EndsWith("(cut)", kept, StringComparison.Ordinal);
        Assert.StartsWith("System.InvalidOperationException: xxx", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_whose_text_throws_is_still_told()
    {
        var odd = new OddException(() => throw new FormatException());
        Assert.Equal($"{typeof(OddException)}: (its message can't be read: System.FormatException)", ErrorText.Describe(odd));
        Assert.Contains(typeof(OddException).ToString(), ErrorText.Loggable(odd).ToString(), StringComparison.Ordinal);
        Assert.Equal($"{typeof(OddException)}: (without message)", ErrorText.Describe(new OddException(() => null!)));
    }

    [Fact]
    public void The_innermost_cause_is_told_and_wrappers_that_say_nothing_are_not()
    {
        var cause = new InvalidOperationException("the disk is full");
        var expected = "System.InvalidOperationException: the disk is full";
        Assert.Equal(expected, ErrorText.Describe(new AggregateException(cause)));
        Assert.Equal(expected, ErrorText.Describe(new TargetInvocationException(cause)));
        Assert.Equal(expected, ErrorText.Describe(new TypeInitializationException("Some.Type", new TargetInvocationException(cause))));
        Assert.Equal(expected, ErrorText.Describe(new DbUpdateException("An error occurred. See the inner exception for details.", cause)));
        Assert.Equal(
            $"System.ArgumentException: order 5 Caused by {expected}", ErrorText.Describe(new ArgumentException("order 5", new AggregateException(cause))));
        Assert.Equal(
            "System.AggregateException: System.FormatException: one | System.InvalidOperationException: the disk is full",
            ErrorText.Describe(new AggregateException(new FormatException("one"), cause)));
    }

    private sealed class OddException(Func<string> message) : Exception
    {
        public override string Message => message();
    }
}
