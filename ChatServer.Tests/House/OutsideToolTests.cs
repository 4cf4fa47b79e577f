using NUnit.Framework;

namespace ChatServer.Tests.House;

internal sealed class OutsideToolTests
{
    private string? _before;

    [SetUp]
    public void Remember() => _before = Environment.GetEnvironmentVariable(OutsideTool.CiVariable);

    [TearDown]
    public void Restore() => Environment.SetEnvironmentVariable(OutsideTool.CiVariable, _before);

    [Test]
    public void A_tool_that_is_there_is_found() => Assert.That(OutsideTool.Require(OperatingSystem.IsWindows() ? "cmd.exe" : "sh"), Does.Exist);

    [Test]
    public void A_tool_that_is_missing_skips_the_test_of_a_user()
    {
        Environment.SetEnvironmentVariable(OutsideTool.CiVariable, null);
        Assert.That(() => OutsideTool.Require("no-such-tool"), Throws.InstanceOf<IgnoreException>().With.Message.EqualTo("no-such-tool is not installed"));
    }

    [Test]
    public void A_tool_that_is_missing_fails_the_test_in_CI()
    {
        Environment.SetEnvironmentVariable(OutsideTool.CiVariable, "1");
        Assert.That(() => OutsideTool.Require("no-such-tool"), Throws.InstanceOf<AssertionException>());
    }
}
