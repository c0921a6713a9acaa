// Writes one CloudFormation template: node synthesise.js Fargate|Ec2 IMAGE DESIRED_COUNT OUTPUT_FILE
// The stacks are the two patterns of aws-cdk-lib that its guide begins with, nothing taken away:
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecs_patterns-readme.html
const fs = require("fs");
const cdk = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecs = require("aws-cdk-lib/aws-ecs");
const patterns = require("aws-cdk-lib/aws-ecs-patterns");

const [kind, image, desiredCount, output] = process.argv.slice(2);
const app = new cdk.App({ analyticsReporting: false });
const stack = new cdk.Stack(app, kind, {
  // No bootstrap bucket: a public image needs no assets.
  synthesizer: new cdk.DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
});
const vpc = new ec2.Vpc(stack, "Vpc", { maxAzs: 2, natGateways: 1 });
const cluster = new ecs.Cluster(stack, "Cluster", { vpc });
const common = {
  cluster,
  desiredCount: Number(desiredCount),
  memoryLimitMiB: 512,
  taskImageOptions: { image: ecs.ContainerImage.fromRegistry(image) },
};
if (kind === "Fargate") {
  new patterns.ApplicationLoadBalancedFargateService(stack, "Service", common);
} else {
  cluster.addCapacity("Capacity", {
    instanceType: new ec2.InstanceType("t3.small"),
    desiredCapacity: 2,
  });
  new patterns.ApplicationLoadBalancedEc2Service(stack, "Service", common);
}
fs.writeFileSync(output, JSON.stringify(app.synth().getStackByName(kind).template, null, 1));
